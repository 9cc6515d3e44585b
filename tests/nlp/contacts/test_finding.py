"""Every way people write and disguise a contact detail is found, and nothing that only looks like one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.contacts import find_contacts
from nlp.normal import half_width
from tests.nlp.contacts.cases import DISGUISED, INVENTED, WRITTEN

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=80)
REVIEWS = Path(__file__).parents[4] / "shared" / "data" / "nlp" / "online_shopping_10_cats.tsv"


@pytest.mark.parametrize(("text", "kind", "value"), WRITTEN + DISGUISED)
def test_every_way_of_writing_it_is_found(text: str, kind: str, value: str) -> None:
    """One contact, of its kind, tidied."""
    assert [(one.kind, one.value) for one in find_contacts(text)] == [(kind, value)]


@pytest.mark.parametrize(("text", "kind", "value"), DISGUISED)
@pytest.mark.parametrize("frame", ["酒店不错，{}", "5.3落地泗水 {}，谢谢", "哈哈[害羞R]\n{}\n欢迎来问"])
def test_a_comment_around_it_changes_nothing(frame: str, text: str, kind: str, value: str) -> None:
    """Words, dates and emoji of the comment are not taken for part of it."""
    assert [(one.kind, one.value) for one in find_contacts(frame.format(text))] == [(kind, value)]


@pytest.mark.parametrize("text", INVENTED)
def test_nothing_is_invented(text: str) -> None:
    """Orders, prices, dates, models, versions, addresses, scores and jokes are no contact details."""
    assert find_contacts(text) == ()


@pytest.mark.parametrize(("text", "kind", "value"), WRITTEN)
def test_the_span_points_at_the_text(text: str, kind: str, value: str) -> None:
    """What stands between start and end is the value, but for width and separators."""
    (one,) = find_contacts(text)
    assert half_width(text[one.start : one.end]).replace("-", "").replace(" ", "") == value.replace("-", "")


@pytest.mark.parametrize(("text", "kind", "value"), DISGUISED)
def test_the_span_of_a_disguised_one_is_enough(text: str, kind: str, value: str) -> None:
    """Without its span nothing of the detail is left."""
    (one,) = find_contacts(text)
    assert find_contacts(text[: one.start] + "，" + text[one.end :]) == ()


def test_several_contacts_come_in_order() -> None:
    """None overlaps another."""
    found = find_contacts("微信 abc_1234，电话13912345678，邮箱 13912345678@139.com，QQ：88888888")
    assert [one.kind for one in found] == ["wechat", "phone", "email", "qq"]
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_the_rule_tells_how_it_was_found() -> None:
    """Also whether a number is that of a group, which belongs to nobody alone."""
    texts = ["13912345678", "139🌸1234🌸5678", "群号 123456789", "扣扣 123456789", "0571-87654321"]
    assert [find_contacts(text)[0].rule for text in texts] == [
        "phone", "phone-split", "qq-group", "qq-cue", "landline",
    ]  # fmt: skip


@given(ANYTHING)
def test_any_text_is_read(text: str) -> None:
    """Spans lie in the text, in order, whatever it holds."""
    found = find_contacts(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(st.text(st.sampled_from("微薇信v❤➕加扣q🐧:： 138零一①️⃣ab_-@.点at艾特群\u200b\n")))
def test_values_are_tidy(text: str) -> None:
    """A value is ASCII, without what split it."""
    assert all(one.value.isascii() and " " not in one.value for one in find_contacts(text))


@pytest.mark.skipif(not REVIEWS.exists(), reason="the reviews are not at hand")
def test_plain_reviews_have_no_contacts() -> None:
    """Of 2,000 reviews by shoppers, none without a digit or an @ is given a contact."""
    lines = REVIEWS.read_text(encoding="utf-8").splitlines()
    texts = [line.partition("\t")[2] for line in lines[:: len(lines) // 2000]]
    plain = [text for text in texts if not any(map(str.isdigit, text)) and "@" not in text]
    assert len(plain) > 500
    assert [one for text in plain for one in find_contacts(text)] == []
