"""Walks: newest first, until known ground."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawlers.walk import MOST_PAGES, Walk

PAGE = 10


def pages_read(ids: list[str], *, known: set[str], overlap: int = 3) -> tuple[list[str], bool]:
    """The ids that a walk over a list reads, and whether it reached the end."""
    walk, read = Walk(), []
    while True:
        page = ids[(walk.page - 1) * PAGE : walk.page * PAGE]
        read += page
        step = Walk.of(walk.plain()).step(page, known=known, overlap=overlap, more=walk.page * PAGE < len(ids))
        if not step.go_on:
            return read, step.whole
        walk = step.walk


@given(st.integers(0, 60), st.integers(0, 500), st.integers(1, 20))
def test_a_walk_reads_what_is_new_and_little_more(new: int, old: int, overlap: int) -> None:
    """All new ids are read; of the known ones at most the overlap and the rest of two pages."""
    ids = [str(number) for number in range(new + old)]
    read, whole = pages_read(ids, known=set(ids[new:]), overlap=overlap)
    assert set(ids[:new]) <= set(read)
    assert len(read) <= new + overlap + 2 * PAGE
    assert whole == (len(read) == len(ids) and (old < overlap or not old)) or not whole


@given(st.integers(1, 40), st.integers(1, 1000))
def test_the_cost_does_not_grow_with_history(new: int, factor: int) -> None:
    """Ten or ten thousand known ids behind the same news: the same pages."""
    few = [str(number) for number in range(new + 100)]
    many = [str(number) for number in range(new + 100 * factor)]
    assert len(pages_read(few, known=set(few[new:]))[0]) == len(pages_read(many, known=set(many[new:]))[0])


def test_one_known_id_among_new_ones_ends_nothing() -> None:
    """A pinned post stands first for ever."""
    ids = ["pinned", *(str(number) for number in range(30))]
    assert pages_read(ids, known={"pinned"})[0] == ids


def test_a_page_that_repeats_itself_ends_the_walk() -> None:
    """Sites that answer page 3 with page 2 again, or alternate between two pages, never end by themselves."""
    first = Walk().step(["a", "b"], known=(), overlap=5, more=True)
    second = first.walk.step(["c", "d"], known=(), overlap=5, more=True)
    third = second.walk.step(["a", "b"], known=(), overlap=5, more=True)
    assert (first.go_on, second.go_on, third.go_on) == (True, True, False)
    assert (third.repeats, third.whole) == (True, False)


def test_an_empty_page_is_the_end() -> None:
    """Whatever the site says of a next page."""
    step = Walk().step([], known=(), overlap=5, more=True)
    assert (step.go_on, step.whole) == (False, True)


def test_an_endless_list_ends() -> None:
    """No walk reads more than so many pages."""
    step = Walk(page=MOST_PAGES).step(["new"], known=(), overlap=5, more=True)
    assert (step.go_on, step.whole) == (False, False)
