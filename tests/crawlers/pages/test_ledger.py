"""What a crawl remembers of addresses: all of the last 20,000, none that it never asked, versions by their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.ledger import MOST_REMEMBERED, Ledger, Listed, believed, pack, unpack

NOW = datetime(2026, 11, 21, 4, 0, 10, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 8, 1), datetime(2026, 9, 10), timezones=st.just(UTC))
PAGES = st.dictionaries(st.integers(0, 30), st.none() | MOMENTS, max_size=20)


def ledger(cursor: dict[str, Any], *, reading: str = "") -> tuple[Ledger, dict[str, Any]]:
    """A ledger over a cursor, and its memory."""
    memory: dict[str, Any] = {}
    return Ledger(cursor, memory, reading={"post": reading}, now=NOW), memory


def crawl(cursor: dict[str, Any], pages: list[Listed], *, room: int = 1000) -> tuple[list[str], dict[str, Any]]:
    """What one crawl of a sitemap asks, and what it leaves to the next."""
    book, _ = ledger(cursor)
    news = book.news(pages)
    book.look(pages, news[:room])
    for page in news[:room]:
        book.note(page.address)
    if len(news) > room:
        book.cut()
    return [page.address for page in news[:room]], book.cursor()


def listed(pages: dict[int, datetime | None]) -> list[Listed]:
    """Pages by number as a sitemap lists them."""
    return [Listed(f"https://club.example/{number}", changed) for number, changed in pages.items()]


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_what_is_packed_is_unpacked(numbers: list[int]) -> None:
    """Checksums survive as a text."""
    assert unpack(pack(numbers)) == numbers


@given(PAGES)
def test_everything_is_asked_once(pages: dict[int, datetime | None]) -> None:
    """The first crawl asks for all pages; the second for none."""
    first, cursor = crawl({}, listed(pages))
    assert len(first) == len(pages)
    assert crawl(cursor, listed(pages))[0] == []


@given(PAGES, PAGES, st.integers(1, 5))
def test_every_change_is_read_in_the_end(
    before: dict[int, datetime | None], after: dict[int, datetime | None], room: int
) -> None:
    """However little room a crawl has: whatever is added, or dated later than before, is asked by and by."""
    _, cursor = crawl({}, listed(before))
    later = {number: changed + timedelta(days=60) if changed else None for number, changed in after.items()}
    wanted = {
        page.address
        for page, number in zip(listed(later), later, strict=True)
        if number not in before or (page.changed and before[number])
    }
    met: set[str] = set()
    for _ in range(2 + len(after) // room):
        found, cursor = crawl(cursor, listed(later), room=room)
        met.update(found)
    assert wanted <= met


def test_a_full_memory_keeps_what_was_asked_last() -> None:
    """Of 20,010 addresses the last 20,000 are remembered, in 107 kB."""
    book, _ = ledger({})
    for number in range(MOST_REMEMBERED + 10):
        book.note(f"https://club.example/{number}")
    cursor = book.cursor()
    again, _ = ledger(cursor)
    assert len(cursor["seen"]) < 107_000
    assert "https://club.example/20009" in again and "https://club.example/10" in again
    assert sum(f"https://club.example/{number}" in again for number in range(10)) == 0


def test_a_full_memory_asks_for_no_old_page_again() -> None:
    """Where all was read once, a page without a later change is not asked, though it fell out of the memory."""
    pages = [
        Listed(f"https://club.example/{n}", NOW - timedelta(days=30, minutes=n)) for n in range(MOST_REMEMBERED + 50)
    ]
    first, cursor = crawl({}, pages, room=len(pages))
    assert len(first) == len(pages)
    newest = Listed("https://club.example/new", NOW - timedelta(hours=1))
    _, cursor = crawl(cursor, [newest, *pages])
    assert crawl(cursor, [newest, *pages])[0] == []


def test_another_reading_forgets_what_was_seen() -> None:
    """Changed selectors give every page another chance."""
    _, cursor = crawl({}, [Listed("https://club.example/1")])
    assert "https://club.example/1" not in ledger(cursor, reading="h1")[0]


def test_a_day_that_is_not_over_is_looked_at_again() -> None:
    """A date without a clock may stand for a later change of that day; a few days on it does not."""
    today, past = (
        Listed("https://club.example/1", day)
        for day in (datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    )
    assert crawl(crawl({}, [today])[1], [today])[0] == [today.address]
    assert crawl(crawl({}, [past])[1], [past])[0] == []


def test_a_date_that_was_wrong_once_is_not_believed() -> None:
    """An index that dates its parts wrongly is read whole."""
    part, page = Listed("https://club.example/m.xml", NOW - timedelta(days=30)), Listed("https://club.example/1", NOW)
    honest, _ = ledger(crawl({}, [page])[1])
    assert honest.may_skip(part)
    honest.compare(part, [page])
    assert not honest.may_skip(part)
    assert not ledger({**crawl({}, [page])[1], "loose": True})[0].may_skip(part)


def test_the_time_of_a_build_is_no_change() -> None:
    """Where most pages carry the same second, it is not believed; a time of a page's own is."""
    built = [Listed(f"https://club.example/{number}", NOW) for number in range(30)]
    own = Listed("https://club.example/own", NOW - timedelta(days=3))
    assert believed([*built, own]) == [*(Listed(page.address) for page in built), own]
    assert believed(built[:10]) == built[:10]


def test_what_an_unfinished_crawl_asked_is_ground_until_its_walk_broke() -> None:
    """While the walk can be continued, the next crawl need not go over it again; torn, it has to."""
    book, memory = ledger({})
    book.note("https://club.example/1")
    assert not book.knew("https://club.example/1")
    book.begin()
    assert book.knew("https://club.example/1")
    assert Ledger({}, memory, reading={"post": ""}, now=NOW).knew("https://club.example/1")
    book.tear()
    book.begin()
    assert not book.knew("https://club.example/1")
    assert not book.has_ground and ledger(book.cursor())[0].has_ground
