"""The team's own names: case and width do not matter, ASCII words stay whole, the longest name goes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import Lexicon, LexiconEntry
from nlp.normal import comparable

LEXICON = Lexicon(
    [
        LexiconEntry("brand", "OPPO", ("欧珀",)),
        LexiconEntry("product", "Reno", ()),
        LexiconEntry("product", "Reno Pro", ("reno pro",)),
        LexiconEntry("product", "云柜", ("云柜小仓",)),
        LexiconEntry("competitor", "云柜", ()),
        LexiconEntry("competitor", "携程", ("ctrip", " ", "")),
    ]
)


def _found(text: str) -> list[tuple[str, str, str]]:
    plain = comparable(text)
    return [(one.kind, one.value, text[one.start : one.end]) for one in LEXICON.find(plain)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我买oppo", [("brand", "OPPO", "oppo")]),
        ("ＯＰＰＯ好用", [("brand", "OPPO", "ＯＰＰＯ")]),
        ("欧珀手机", [("brand", "OPPO", "欧珀")]),
        ("reno pro多少", [("product", "Reno Pro", "reno pro")]),
        ("reno-pro", [("product", "Reno", "reno")]),
        ("Ctrip上订", [("competitor", "携程", "Ctrip")]),
        ("在携程上", [("competitor", "携程", "携程")]),
        ("云柜小仓", [("competitor", "云柜", "云柜"), ("product", "云柜", "云柜小仓")]),
        ("shoppower", []),
        ("oppos", []),
        ("oppo2", []),
        ("", []),
        ("\ud800oppo", [("brand", "OPPO", "oppo")]),
    ],
)
def test_names_are_found(text: str, found: list[tuple[str, str, str]]) -> None:
    """A name is found by any of its aliases, whole, once for each kind of thing that it names."""
    assert sorted(_found(text)) == sorted(found)


def test_empty_lexicon_finds_nothing() -> None:
    """Without entries, or with blank ones, nothing is found."""
    assert Lexicon().find("oppo") == ()
    assert Lexicon([LexiconEntry("brand", " ")]).find(" ") == ()


def test_rule_names_what_was_found() -> None:
    """The rule holds the name in its comparable form."""
    assert LEXICON.find("欧珀")[0].rule == "lexicon:欧珀"
    assert LEXICON.stands_in("欧珀") and not LEXICON.stands_in("欧")


@given(st.lists(st.text(max_size=4), max_size=6), st.text(max_size=40))
def test_any_names_in_any_text(names: list[str], text: str) -> None:
    """Whatever the names and the text, what is found is one of the names, and what is one word apart is not cut."""
    lexicon = Lexicon(LexiconEntry("brand", name) for name in names)
    plain = comparable(text)
    for one in lexicon.find(plain):
        assert plain[one.start : one.end] in {comparable(name.strip()) for name in names}
