"""QR codes, and the pictures of groups."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import segno

from tests.console.conftest import RULES, Place
from yinliu.console.pictures import qr_of, svg_of, write_qr
from yinliu.workspace.pictures import LARGEST_PICTURE, read_picture

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize("address", ["https://hub.example/g/AbC?x=1&y=2#z", "https://hub.example/" + "a" * 980])
def test_a_code_encodes_its_address(address: str) -> None:
    """As segno makes it, never as a Micro QR, which phones do not read."""
    code = qr_of(address)
    assert code.matrix == segno.make_qr(address, error="m").matrix and not code.is_micro


def test_letters_beyond_ascii_are_escaped() -> None:
    """Readers guess their encoding differently."""
    assert qr_of("https://hub.example/群?a=%20").matrix == qr_of("https://hub.example/%E7%BE%A4?a=%20").matrix


def test_a_signposts_own_code(place: Place) -> None:
    """It encodes the signpost's address, whatever group is open, and counts nothing."""
    code = place.link(post_id=1)
    answer = place.visit(f"/j/{code}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == svg_of(f"http://127.0.0.1:8090/j/{code}") and place.clicks() == 0


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.SVG"])
def test_a_code_is_written(tmp_path: Path, name: str) -> None:
    """As a drawing or a picture."""
    write_qr("https://hub.example/", tmp_path / name)
    assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.svg.txt"])
def test_other_kinds_are_not_written(tmp_path: Path, name: str) -> None:
    """By their names."""
    with pytest.raises(ValueError, match=r".*"):
        write_qr("https://hub.example/", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def with_picture(place: Place, name: str, *, until: str = "2999-01-01") -> str:
    """A link to a community whose group has this picture."""
    extra = f'title: 露营二群, qr: "{name}", qr_until: {until}, capacity: 2'
    place.rules(RULES.replace("title: 露营二群, capacity: 2", extra))
    return place.link(community="camping")


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("qr/two.png", PNG, "image/png"),
        ("two.jpg", b"\xff\xd8\xff\xe0" + b"0" * 50, "image/jpeg"),
        ("two.svg", SVG, "image/svg+xml"),
    ],
)
def test_a_groups_picture_is_shown(place: Place, name: str, content: bytes, mime: str) -> None:
    """From the workspace, without any right for what may be in it."""
    (place.folder / name).parent.mkdir(exist_ok=True)
    (place.folder / name).write_bytes(content)
    code = with_picture(place, name)
    assert f'src="/j/{code}/group"' in place.visit(f"/j/{code}").text
    answer = place.visit(f"/j/{code}/group")
    assert (answer.content, answer.headers["content-type"]) == (content, mime)
    assert answer.headers["content-security-policy"].endswith("sandbox")


@pytest.mark.parametrize("until", ["2020-01-01", "2999-01-01"])
def test_a_picture_past_its_day_or_missing(place: Place, until: str) -> None:
    """The group's address is drawn instead."""
    if until < "2026":
        (place.folder / "two.png").write_bytes(PNG)
    code = with_picture(place, "two.png", until=until)
    page = place.visit(f"/j/{code}")
    assert "data:image/png" in page.text and "/group" not in page.text
    assert place.visit(f"/j/{code}/group").status_code == 404


def _outside(folder: Path) -> str:
    (folder.parent / "out.png").write_bytes(PNG)
    return "../out.png"


def _linked(folder: Path) -> str:
    (folder / "in.png").symlink_to(Path(_outside(folder / "x")).name and folder.parent / "out.png")
    (folder.parent / "out.png").write_bytes(PNG)
    return "in.png"


def _absolute(folder: Path) -> str:
    _outside(folder)
    return str(folder.parent / "out.png")


def _large(folder: Path) -> str:
    (folder / "in.png").write_bytes(PNG + b"0" * LARGEST_PICTURE)
    return "in.png"


def _false(folder: Path) -> str:
    (folder / "in.png").write_bytes(b"<html>")
    return "in.png"


def _settings(folder: Path) -> str:
    (folder / "yinliu.yaml").write_bytes(PNG)
    return "yinliu.yaml"


def _folder(folder: Path) -> str:
    (folder / "in.png").mkdir()
    return "in.png"


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "in.png")
    return "in.png"


@pytest.mark.parametrize("trick", [_outside, _linked, _absolute, _large, _false, _settings, _folder, _pipe])
def test_what_is_not_served(tmp_path: Path, trick: Callable[[Path], str]) -> None:
    """Outside the folder, behind a link, too large, another kind than its name says, no file at all."""
    folder = tmp_path / "ws"
    folder.mkdir()
    assert read_picture(folder, trick(folder)) is None


@pytest.mark.parametrize("name", [None, "", ".", "..", "a\x00b.png", "\ud800.png", "x" * 5000 + ".png", "~/.ssh/id"])
def test_names_that_are_none(tmp_path: Path, name: str | None) -> None:
    """They are no picture, and no error."""
    assert read_picture(tmp_path, name) is None


def test_a_picture_may_lie_deeper(tmp_path: Path) -> None:
    """In a folder of the workspace."""
    (tmp_path / "qr").mkdir()
    (tmp_path / "qr" / "a.PNG").write_bytes(PNG)
    found = read_picture(tmp_path, "qr/../qr/a.PNG")
    assert found and io.BytesIO(found.content).read(4) == b"\x89PNG"
