"""Each kind of paging: what is asked for, and where the list ends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from crawlers.jsonapi.paging import AnyPaging, Page, Paging, next_link
from crawlers.problems import CrawlProblem

PAGING: TypeAdapter[Any] = TypeAdapter(AnyPaging)


def kind(name: str, **options: Any) -> Paging:
    """A paging of a kind."""
    made: Paging = PAGING.validate_python({"kind": name, **options})
    return made


def page(rows: int, answer: Any = None, **headers: str) -> Page:
    """An answer with so many rows."""
    return Page(answer, rows, {name.replace("_", "-"): value for name, value in headers.items()})


@given(st.integers(0, 60), st.integers(1, 20), st.sampled_from(["pages", "header", "size", "none"]))
def test_page_numbers_reach_every_row_once(rows: int, size: int, ends: str) -> None:
    """However the end is told, all rows are read, and at most one page beyond is asked for."""
    total = max(1, -(-rows // size))
    told: dict[str, dict[str, Any]] = {
        "pages": {"pages": "n"},
        "header": {"pages_header": "X-Pages"},
        "size": {"size": size},
    }
    options = told.get(ends, {})
    paging, read, asked = kind("page", **options), 0, 0
    place: Any = paging.first()
    while place is not None:
        asked += 1
        shown = max(0, min(size, rows - (int(paging.query(place)["page"]) - 1) * size))
        read += shown
        place = paging.following(place, page(shown, {"n": total}, x_pages=str(total)))
    assert read == rows
    assert asked <= total + 1 and (asked == total or ends in ("none", "size"))


@given(st.integers(0, 60), st.integers(1, 20), st.booleans())
def test_offsets_reach_every_row_once(rows: int, size: int, told: bool) -> None:
    """With a total or without."""
    paging, read = kind("offset", size=size, **({"total": "n"} if told else {})), 0
    place: Any = paging.first()
    while place is not None:
        shown = max(0, min(size, rows - int(paging.query(place)["offset"])))
        read += shown
        place = paging.following(place, page(shown, {"n": rows}))
    assert read == rows


@given(st.integers(0, 300), st.integers(1, 30))
def test_growing_asks_for_twice_as_many_and_reads_each_row_once(rows: int, size: int) -> None:
    """The rows that a smaller answer held are passed over."""
    paging, read = kind("growing", size=size, most=200), 0
    place: Any = paging.first()
    while place is not None:
        shown = min(rows, int(paging.query(place)["limit"]))
        read += shown - paging.seen(place)
        last, place = place, paging.following(place, page(shown))
    assert read == min(rows, 200)
    assert bool(paging.cut(last, page(shown))) == (rows >= 200)


def test_a_cursor_is_followed_until_there_is_none() -> None:
    """Numbers are cursors too; null, false, and the same cursor again end the list."""
    paging = kind("cursor", next="meta.next", param="after")
    assert paging.query(paging.first()) == {}
    place = paging.following(paging.first(), page(2, {"meta": {"next": 17}}))
    assert place and paging.query(place) == {"after": "17"}
    ends: list[Any] = [{"meta": {"next": one}} for one in ("17", None, False)]
    for answer in (*ends, {}, []):
        assert paging.following(place, page(2, answer)) is None


@pytest.mark.parametrize("name", ["cursor", "link"])
def test_a_cursor_that_is_a_book_is_refused(name: str) -> None:
    """A cursor is kept between crawls: a long one is a problem, not a memory."""
    paging = kind(name, next="n")
    with pytest.raises(CrawlProblem):
        paging.following(paging.first(), page(1, {"n": "x" * 2001}))


@pytest.mark.parametrize("options", [{"kind": "page"}, {"kind": "offset", "size": 1}, {"kind": "cursor", "next": "c"}])
def test_more_must_be_true(options: dict[str, Any]) -> None:
    """``more`` ends a list that would go on; anything but true is no."""
    paging = PAGING.validate_python({**options, "more": "more"})
    assert paging.following(paging.first(), page(1, {"more": True, "c": "x"})) is not None
    assert paging.following(paging.first(), page(1, {"more": "true", "c": "x"})) is None
    assert paging.following(paging.first(), page(0, {"more": True, "c": "x"})) is None


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://a.example/?page=2>; rel="next"', "https://a.example/?page=2"),
        ('<?p=1>; rel="prev", <?p=3,4;5>; title="a, b"; rel="last next"', "?p=3,4;5"),
        *(("<?p=2>;rel=next", "?p=2"), ('<?p=2>; REL="NEXT"', "?p=2"), ("<>; rel=next", None)),
        *(('<?p=2>; rel="nextish"', None), ("", None), ("rel=next", None), ("<" * 9000, None)),
    ],
)
def test_the_link_header_is_read_as_rfc_8288_writes_it(header: str, target: str | None) -> None:
    """Several links, several relations of one, commas and semicolons in addresses and titles."""
    assert next_link(header) == target


@given(st.text(alphabet='<>;,=" relnextp?/', max_size=300))
def test_no_header_is_too_strange(header: str) -> None:
    """Reading a header ends, with a target or without."""
    assert next_link(header) != ""


def test_a_kept_place_is_used_only_by_the_kind_that_kept_it() -> None:
    """The configuration may change between two crawls."""
    paging = kind("page")
    assert paging.accepts(paging.first())
    assert not any(paging.accepts(other) for other in (kind("offset", size=5).first(), None, "x", {}))


@pytest.mark.parametrize(
    "options",
    [{"kind": "pages"}, {"kind": "offset"}, {"kind": "cursor"}, {"kind": "page", "start": 5}, {"kind": "link", "x": 1}],
)
def test_a_wrong_paging_is_a_mistake_of_the_configuration(options: dict[str, Any]) -> None:
    """Unknown kinds, missing keys, limits."""
    with pytest.raises(ValidationError):
        PAGING.validate_python(options)
