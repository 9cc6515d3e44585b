"""The words that are suggested to an operator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hubs.conftest import Desk
from yinliu.errors import Misconfigured
from yinliu.hubs.manual import suggestion
from yinliu.stages.words import suggested_words


def test_the_default_words_are_whole() -> None:
    """Name, group and link."""
    said = suggestion(None, name="小王", group="露营一群", link="https://go.example/j/abc")
    assert said.startswith("小王你好")
    assert "「露营一群」" in said and said.endswith("https://go.example/j/abc")


def test_without_a_link_or_a_name() -> None:
    """No colon hangs in the air."""
    said = suggestion(None, name=None, group="露营一群", link=None)
    assert said.startswith("你好") and said.endswith("交流。")


def test_own_words_are_filled_in_once() -> None:
    """Other braces stay; a name that looks like a placeholder is a name."""
    said = suggestion("{name}，{暗号} {group} {link}", name="{link}", group="一群", link="https://x.cn")
    assert said == "{link}，{暗号} 一群 https://x.cn"


def test_a_name_stays_on_one_line() -> None:
    """Control characters and length."""
    assert suggestion("{name}|", name="王\n\x00\u202e五" + "长" * 99, group="", link="x") == "王五" + "长" * 18 + "|"


@given(st.text(st.characters(exclude_categories=[])), st.text(st.characters(exclude_categories=[])))
def test_any_words_do(words: str, name: str) -> None:
    """Whatever stands there."""
    assert isinstance(suggestion(words, name=name, group="一群", link="https://x.cn"), str)


def test_a_tickets_words_carry_its_own_signpost(desk: Desk) -> None:
    """The same one every time; a ticket that is none is told."""
    ticket = desk.ticket(community="hand")
    options = {"policy": desk.rules, "vault": desk.vault, "base": "https://go.example"}
    said = suggested_words(desk.begin, ticket=ticket, **options)  # type: ignore[arg-type]
    assert "小王你好" in said and "「会员群」" in said and "https://go.example/j/" in said
    assert suggested_words(desk.begin, ticket=ticket, **options) == said  # type: ignore[arg-type]
    with pytest.raises(Misconfigured, match="99"):
        suggested_words(desk.begin, ticket=99, **options)  # type: ignore[arg-type]
