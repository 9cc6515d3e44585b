"""N-grams: of one text alone, whatever stands beside it, and where they say they stand."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from nlp.grams import NONE, ORDERS, grams_of
from nlp.normal import BREAK, batch, comparable
from tests.nlp.teams import ANY_TEXT

RUNS = st.lists(st.tuples(st.sampled_from("哈要1a😀"), st.integers(1, 7)), max_size=5)
RUNNING = RUNS.map(lambda runs: "".join(char * count for char, count in runs))


def _hashes(texts: list[str], number: int) -> list[int]:
    return [int(gram) for gram in grams_of(batch(texts)).of(number) if gram != NONE]


def _expected(text: str) -> list[str]:
    """The n-grams of a text as strings, edges as breaks, runs shortened."""
    short: list[str] = []
    for char in comparable(text):
        if short[-3:] != [char] * 3:
            short.append(char)
    edged = [chr(BREAK), *short, chr(BREAK)]
    found = (
        "".join(edged[at : at + order])
        for at in range(len(edged))
        for order in range(1, ORDERS + 1)
        if at + order <= len(edged)
    )
    return [gram for gram in found if gram.strip(chr(BREAK)) and (len(gram) == 1 or _one_edge(gram))]


def _one_edge(gram: str) -> bool:
    return not (gram[0] == chr(BREAK) and gram[-1] == chr(BREAK))


@given(st.lists(ANY_TEXT | RUNNING, min_size=1, max_size=5), st.data())
def test_neighbours_do_not_matter(texts: list[str], data: st.DataObject) -> None:
    """Alone, first, last or between others: the same n-grams in the same order."""
    number = data.draw(st.integers(0, len(texts) - 1))
    assert _hashes(texts, number) == _hashes([texts[number]], 0)


@given(RUNNING | ANY_TEXT)
@example("")
@example("a")
@example("哈哈哈哈")
def test_each_ngram_once_a_place(text: str) -> None:
    """One, two and three characters from every place, an edge counting as a character of the longer ones."""
    hashes, expected = _hashes([text], 0), _expected(text)
    assert len(hashes) == len(expected)
    assert len(set(zip(hashes, expected, strict=True))) == len(set(expected)) == len(set(hashes))


@given(RUNNING)
def test_long_runs_count_as_three(text: str) -> None:
    """哈哈哈哈哈 is read like 哈哈哈, and 哈哈 is not."""
    assert _hashes([text + "哈哈哈"], 0) == _hashes([text + "哈哈哈" + "哈" * 9], 0)
    assert _hashes(["哈哈"], 0) != _hashes(["哈哈哈"], 0)


@given(st.lists(ANY_TEXT | RUNNING, min_size=1, max_size=5))
def test_arrays_of_a_text_are_the_same_wherever_it_stands(texts: list[str]) -> None:
    """Also those that are no n-gram: sums over them have the same last digits."""
    grams = grams_of(batch(texts))
    for number, text in enumerate(texts):
        assert grams.of(number).tolist() == grams_of(batch([text])).of(0).tolist()
    assert len(grams.hashes) == grams.bounds[-1]


def test_runs_end_with_their_text() -> None:
    """Equal characters of two texts are no run, empty texts between them are none either."""
    assert _hashes(["哈哈", "哈哈", "", "", "", "哈"], 1) == _hashes(["哈哈"], 0)
    assert _hashes(["", "", "", "", ""], 3) == []


@given(st.lists(RUNNING | ANY_TEXT, min_size=1, max_size=4))
@example(["哈哈哈哈哈a"])
@example(["a哈哈哈哈"])
def test_a_span_points_at_its_characters(texts: list[str]) -> None:
    """The characters of the span are those of the n-gram, over a shortened run too, an edge being a break."""
    joined = batch(texts)
    grams = grams_of(joined)
    for number, text in enumerate(texts):
        real = [place for place, gram in enumerate(grams.of(number)) if gram != NONE]
        spans = [grams.span(number, place) for place in real]
        assert [joined.text[start:end] for start, end in spans] == _expected(text)
        assert all(joined.starts[number] - 1 <= start < end <= joined.ends[number] + 1 for start, end in spans)


def test_an_empty_batch_has_no_texts() -> None:
    """Nothing in, nothing out."""
    grams = grams_of(batch([]))
    assert len(grams) == 0
    assert grams.bounds.tolist() == [0]
