"""Reading takes no longer than the text is long, also when it is made to let the rules search."""

from __future__ import annotations

import pytest

from nlp.contacts import find_contacts, mask_text
from tests.patience import within

PIECES = [
    "微信 ", " ", "微信      ", "v ", "13912345678 ", "a.b@", "+86 ", "a@b.", "1", "abc_12345 微信",
    "1 3 ", "一三", "vx ", "扣扣 1 ", "1.3.", "a(at)b.", "1a at qq.", "yao ", "l3", "❤", "0571-",
    "400-", "群 ", "1️⃣", "加 ", "\u200b", "a#b点", "v:a b c d e f g ", "\ud800",
    "薇❤", "薇❤ ", "v❤x ", "扣❤", "微信13912345678，", "qq1 2 3 4 5 6 7 ", "衣三吧",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_run_takes_no_time(piece: str) -> None:
    """100,000 characters are read and masked in half a second, here five."""
    with within(5):
        mask_text("微信" + piece * (100_000 // len(piece)))


def test_spaces_behind_a_cue_take_no_time() -> None:
    """A cue and a long run of spaces once took minutes."""
    with within(5):
        find_contacts("微信" + " " * 1_000_000 + "abc")
