"""Matrix ids are found and masked; a mention, an address and an e-mail are no Matrix ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.contacts import find_contacts, mask, mask_text
from nlp.tags import Contact
from tests.patience import within

IDS = (
    ("我的 Matrix：@lily:peer.test，拉我", "@lily:peer.test"),
    ("加我@lily.88:matrix.org。", "@lily.88:matrix.org"),
    ("＠Lily＿8：Matrix.Org 求拉群", None),
    ("＠Lily：Matrix.Org 求拉群", "@lily:matrix.org"),
    ("@a_b=c/d+e-f:im.example.com.cn!", "@a_b=c/d+e-f:im.example.com.cn"),
    ("@13912345678:peer.test", "@13912345678:peer.test"),
    ("@lily:chat.example:8448 拉群", "@lily:chat.example:8448"),
    ("@lily:localhost:8448", "@lily:localhost:8448"),
    ("@lily:10.0.0.7:8448", "@lily:10.0.0.7:8448"),
    ("进群 @lily:peer.test.", "@lily:peer.test"),
)
NONE = (
    "@小王:你好，这个多少钱",
    "@wang:hello 你好",
    "@wang: peer.test",
    "@wang：https://example.com/a",
    "@wang:www.example.com 看这里",
    "@wang:example.com/join/abc",
    "@wang:12:30 见",
    "回复@wang:好的.ok",
    "lily@peer.test:8448",
    "@lily:-",
    "@:peer.test",
)


@pytest.mark.parametrize(("text", "value"), IDS)
def test_an_id_is_found(text: str, value: str | None) -> None:
    """Name and server, in ASCII and lower case."""
    found = [(one.kind, one.value) for one in find_contacts(text) if one.kind == "matrix"]
    assert found == ([("matrix", value)] if value else found)


@pytest.mark.parametrize("text", NONE)
def test_nothing_is_invented(text: str) -> None:
    """Speaking to somebody, a web address and a time are no ids."""
    assert [one for one in find_contacts(text) if one.kind == "matrix"] == []


def test_an_email_behind_a_mention_stays_an_email() -> None:
    """The e-mail rule comes first."""
    assert [(one.kind, one.value) for one in find_contacts("@wang:zhang.san@qq.com")] == [("email", "zhang.san@qq.com")]


@pytest.mark.parametrize("text", [text for text, value in IDS if value])
def test_an_id_is_masked(text: str) -> None:
    """Neither as written nor tidied does it come through."""
    (one,) = (one for one in find_contacts(text) if one.kind == "matrix")
    masked = mask_text(f"{text} 再说一遍 {one.value}")
    assert one.value not in masked.lower()
    assert text[one.start : one.end] not in masked
    assert mask("matrix", one.value) in masked


def test_the_mask_shows_the_server() -> None:
    """One recognises one's own; nobody else is reached."""
    assert mask("matrix", "@lily88:peer.test") == "@l***:peer.test"


@given(st.text(st.sampled_from("@:.a1-=小\x00\ud800 /"), max_size=60))
def test_any_text_is_read(text: str) -> None:
    """Spans lie in the text, and an id has a name and a server."""
    for one in find_contacts(text):
        assert isinstance(one, Contact) and 0 <= one.start < one.end <= len(text)
        if one.kind == "matrix":
            assert one.value[0] == "@" and ":" in one.value


@pytest.mark.parametrize("piece", ["@a:", "@a:a.", "@" + "a" * 64 + ":", "@a:" + "a." * 9, "a.-", "@"])
def test_a_megabyte_is_read_in_time(piece: str) -> None:
    """No text makes it slow."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    with within(5):
        find_contacts(text)
