"""The scanner: every place of every text, as a plain search finds it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from nlp.normal import batch, comparable
from nlp.scanner import Scanner
from tests.nlp.teams import ANY_TEXT
from tests.patience import within

SOUGHT = st.lists(st.text("ab甲😀 ", min_size=1, max_size=4), max_size=6)


def _places(text: str, word: str) -> set[int]:
    return {start for start in range(len(text)) if text.startswith(word, start)}


@given(SOUGHT, st.lists(st.text("ab甲😀 ", max_size=12) | ANY_TEXT, max_size=4))
@example(["甲"], [])
@example([], ["甲"])
@example(["甲", "甲甲", "甲甲甲"], ["甲甲甲", "", "甲"])
def test_every_place_is_found(sought: list[str], texts: list[str]) -> None:
    """Overlapping ones too, with the text they stand in."""
    scanner, joined = Scanner(sought), batch(texts)
    hits = scanner.find(joined)
    found = set(zip(hits.entries.tolist(), hits.texts.tolist(), hits.starts.tolist(), hits.ends.tolist(), strict=True))
    expected = {
        (scanner.entries[word], number, int(joined.starts[number]) + at, int(joined.starts[number]) + at + len(word))
        for word in sought
        for number, text in enumerate(texts)
        for at in _places(comparable(text), word)
    }
    assert found == expected
    assert len(found) == len(hits.entries)


def test_nothing_is_found_over_the_edge_of_two_texts() -> None:
    """露营 does not stand in 露 and 营."""
    assert len(Scanner(["露营", "露 营"]).find(batch(["露", "营"])).entries) == 0


def test_a_text_given_twice_is_one_entry() -> None:
    """Numbers are by text, in order."""
    assert Scanner(["a", "b", "a"]).entries == {"a": 0, "b": 1}


def test_a_megabyte_of_hits_takes_no_time() -> None:
    """Each character is one."""
    with within(10):
        assert len(Scanner(["露", "露营", "营"]).find(batch(["露营" * 500_000])).entries) == 1_500_000
