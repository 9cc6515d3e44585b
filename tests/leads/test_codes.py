"""Codes of signposts: read back by whoever has the key, and by nobody who changed one."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patience import within
from yinliu.leads.codes import ALPHABET, LARGEST, LENGTH, Signs, read, sign, signs_in, typed, unwrapped

KEY = bytes(range(32))
BASE = "https://go.example.com"
NUMBERS = st.integers(1, LARGEST)
CODE = sign(7, key=KEY)
LINK = f"{BASE}/j/{CODE}"


@given(NUMBERS)
def test_a_code_reads_back(number: int) -> None:
    """The number, from a code that a QR state can hold."""
    code = sign(number, key=KEY)
    assert read(code, key=KEY) == number
    assert len(code) == LENGTH <= 30 and set(code) <= set(ALPHABET)


@given(NUMBERS)
def test_capitals_do_not_matter(number: int) -> None:
    """People retype codes."""
    assert read(sign(number, key=KEY).upper(), key=KEY) == number


@given(NUMBERS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_an_altered_letter_is_refused(number: int, place: int, letter: str) -> None:
    """At every place, by every letter."""
    code = sign(number, key=KEY)
    other = code[:place] + letter + code[place + 1 :]
    assert read(other, key=KEY) == (number if other == code else None)


@given(NUMBERS, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_swapped_letters_are_refused(number: int, one: int, other: int) -> None:
    """The mistake of whoever types fast."""
    letters = list(sign(number, key=KEY))
    letters[one], letters[other] = letters[other], letters[one]
    code = "".join(letters)
    assert (read(code, key=KEY) is None) == (code != sign(number, key=KEY))


@given(NUMBERS, st.integers(0, LENGTH - 1), st.text(max_size=5))
def test_a_cut_or_lengthened_code_is_refused(number: int, end: int, tail: str) -> None:
    """Cut anywhere, or with anything behind or before it."""
    code = sign(number, key=KEY)
    assert read(code[:end], key=KEY) is None and read(code[end + 1 :], key=KEY) is None
    assert not tail or (read(code + tail, key=KEY), read(tail + code, key=KEY)) == (None, None)


@given(st.text(max_size=40) | st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_anything_else_is_no_code(text: str) -> None:
    """Emoji, surrogates, other scripts, and codes that somebody made up."""
    assert read(text, key=KEY) is None


@pytest.mark.parametrize(
    "letter", ["\u212a", "\u017f", "\uff10", "\ufe0f", "\x00", "\ud800", "é", "o", "i", "l", "u", " "]
)
def test_letters_that_look_alike_are_refused(letter: str) -> None:
    """Not even those that Unicode folds into ours (the Kelvin sign is k in small)."""
    assert all(read(CODE[:at] + letter + CODE[at + 1 :], key=KEY) is None for at in range(LENGTH))


@given(NUMBERS, st.binary(min_size=1, max_size=64))
def test_another_key_reads_nothing(number: int, key: bytes) -> None:
    """A code is worth something in one workspace only."""
    assert read(sign(number, key=KEY), key=key) == (number if key == KEY else None)


def test_neighbours_have_nothing_in_common() -> None:
    """From one code nobody guesses the next, or how many there are."""
    codes = [sign(number, key=KEY) for number in range(1, 2001)]
    assert len(set(codes)) == 2000 and len({code[-4:] for code in codes}) > 1990
    assert max(sum(a == b for a, b in zip(one, two, strict=True)) for one, two in pairwise(codes)) < 8


@pytest.mark.parametrize("number", [0, -1, LARGEST + 1])
def test_numbers_that_no_code_holds(number: int) -> None:
    """They are refused, rather than cut."""
    with pytest.raises(ValueError, match="number"):
        sign(number, key=KEY)


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        LINK.upper(),
        CODE,
        f"口令{CODE}。",
        f"戳{LINK}进群",
        f'<a href="{LINK.replace("/", "&#x2F;")}?a=1&amp;b=2">进群</a>',
        LINK.replace("/", "&#47;").replace(":", "&colon;"),
        f"https://t.example/?to={quote(LINK, safe='')}",
        f"https://t.example/?to={quote(quote(LINK, safe=''), safe='')}",
        "".join(chr(ord(letter) + 0xFEE0) for letter in LINK),
        "\u200b".join(LINK),
        f"{LINK}…",
        f"https://wx.example/qr?state={CODE}&x=1",
        f"weixin://dl/?scene={CODE}",
    ],
)
def test_a_signpost_is_found_however_it_is_escaped(text: str) -> None:
    """In HTML, percent-encoded once or twice, wide, with invisible characters, or as a QR's state."""
    assert signs_in(text, key=KEY, base=BASE) == Signs((7,), ())


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        (f"{BASE}/j/{CODE[:9]}…", CODE[:9]),
        (f"{BASE}/j/{CODE[:-1]}", CODE[:-1]),
        (f"{BASE}/j/{CODE}x", f"{CODE}x"),
        (f"{BASE}/j/{CODE[:-1]}\u202612", CODE[:-1]),
        (f"{BASE}/j/", ""),
        (f"{BASE}/j…", ""),
        (f"GO.example.com/J/{CODE[:5]}", CODE[:5]),
        (f"{BASE}/j/口令", ""),
    ],
)
def test_an_altered_signpost_is_told(text: str, tail: str) -> None:
    """With what is left of its code."""
    assert signs_in(text, key=KEY, base=BASE) == Signs((), (tail,))


@pytest.mark.parametrize(
    "text",
    ["", "https://zoom.example/j/123456789", f"{BASE}/join", f"{BASE}/p/1", "x" * LENGTH, "a" * 100, "😀" * 50],
)
def test_what_is_no_signpost(text: str) -> None:
    """Other pages of ours, other sites' /j/, words as long as a code."""
    assert signs_in(text, key=KEY, base=BASE) == Signs((), ())


def test_several_are_told_once_each() -> None:
    """In their order."""
    text = f"{LINK} {sign(3, key=KEY)} {LINK} {BASE}/j/abc {BASE}/j/abc"
    assert signs_in(text, key=KEY, base=BASE) == Signs((7, 3), ("abc",))


@pytest.mark.parametrize(
    "said", [CODE, CODE.upper(), f" {CODE}\n", LINK, f"{LINK}?from=wx", f"口令：{CODE}", f"《{CODE}》", f"{LINK}快来"]
)
def test_what_operators_paste(said: str) -> None:
    """The code is taken out of it."""
    assert typed(said) == CODE


@pytest.mark.parametrize("said", ["", "你好", f"{CODE[:9]} {CODE[9:]}", f"{CODE}-1", f"{CODE[:17]}é", "\ud800"])
def test_what_is_not_taken_for_a_code(said: str) -> None:
    """It is read as it stands, and is none."""
    assert read(typed(said), key=KEY) is None


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    """Whatever it holds."""
    assert signs_in(text, key=KEY, base=BASE).numbers == ()
    assert unwrapped(text) == unwrapped(text).lower()


@pytest.mark.parametrize(
    "piece",
    [
        "&#" + "1" * 50,
        "&",
        "%25",
        "%",
        "&amp;",
        "a" * LENGTH + " ",
        f"{BASE}/j/",
        f"{LINK} ",
        "/j/",
        "\u200b",
        "ﷺ",
        "&#1",
    ],
)
def test_a_megabyte_is_looked_through_quickly(piece: str) -> None:
    """Nothing in it costs more than its length."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    with within(20):
        signs_in(text, key=KEY, base=BASE)
