"""Contact details: every way people write them, nothing that only looks like one, and no way around the mask."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.contacts import find_contacts, mask_text
from nlp.normal import half_width

REVIEWS = Path(__file__).parents[3] / "shared" / "data" / "nlp" / "online_shopping_10_cats.tsv"
_ID = re.compile(r"\d{5}|[A-Za-z][A-Za-z0-9_-]{5}|@")
"""What a contact needs: five digits in a row, an id, an @."""

WRITTEN = [
    ("13912345678", "phone", "13912345678"),
    ("我的电话139-1234-5678，晚上打", "phone", "13912345678"),
    ("139 1234 5678", "phone", "13912345678"),
    ("+86 13912345678", "phone", "13912345678"),
    ("+86-139-1234-5678", "phone", "13912345678"),
    ("8613912345678", "phone", "13912345678"),
    ("１３９１２３４５６７８", "phone", "13912345678"),
    ("电话：１３９－１２３４－５６７８", "phone", "13912345678"),
    ("微信同号13912345678", "phone", "13912345678"),
    ("微信 abc_1234", "wechat", "abc_1234"),
    ("微信：camper2026，备注露营", "wechat", "camper2026"),
    ("微信号是zhangsan", "wechat", "zhangsan"),
    ("加微信abc12345", "wechat", "abc12345"),
    ("加V：abc12345", "wechat", "abc12345"),
    ("➕v abc12345", "wechat", "abc12345"),
    ("➕薇 abc12345", "wechat", "abc12345"),
    ("vx:abc12345", "wechat", "abc12345"),
    ("VX abc12345", "wechat", "abc12345"),
    ("wx号 abc12345", "wechat", "abc12345"),
    ("WeChat: Abc_12345", "wechat", "Abc_12345"),
    ("V❤️：abc12345", "wechat", "abc12345"),
    ("薇信abc12345", "wechat", "abc12345"),
    ("卫星号：abc12345", "wechat", "abc12345"),
    ("微 号 abc12345", "wechat", "abc12345"),
    ("微信：ａｂｃ１２３４５", "wechat", "abc12345"),
    ("我的微信是abc_1234.谢谢", "wechat", "abc_1234"),
    ("我的微信是abc_1234.", "wechat", "abc_1234"),
    ("微信 12345678", "wechat", "12345678"),
    ("wxid_8f3k2j1h0a22", "wechat", "wxid_8f3k2j1h0a22"),
    ("加我 camp_fan", "wechat", "camp_fan"),
    ("有兴趣联系我camp_fan88", "wechat", "camp_fan88"),
    ("v camp_fan", "wechat", "camp_fan"),
    ("QQ：123456789", "qq", "123456789"),
    ("qq 12345", "qq", "12345"),
    ("加q123456789", "qq", "123456789"),
    ("扣扣123456789", "qq", "123456789"),
    ("企鹅号：123456789", "qq", "123456789"),
    ("邮箱 zhang.san@example.com.cn 欢迎来信", "email", "zhang.san@example.com.cn"),
    ("123456789@qq.com", "email", "123456789@qq.com"),
    ("Zhang+tag@Example.COM。", "email", "Zhang+tag@Example.COM"),
]

INVENTED = [
    "微信android版闪退",
    "微信小程序打不开",
    "联系iphone客服",
    "联系客服iphone15",
    "1 V 60000000",
    "功率60W，电压220V 50000000",
    "QQ群123456789",
    "qq群：123456789",
    "订单13912345678",
    "订单号：13912345678",
    "单号 13912345678",
    "快递单号是13912345678",
    "货号13912345678",
    "2026-11-21 09:30:00",
    "20261121",
    "2026年11月21日",
    "¥1399.00",
    "1399元",
    "0.13912345678",
    "ISBN 978-7-111-12345-6",
    "ISBN 9787111123456",
    "9787130123456",
    "139123456789",
    "9139123456780",
    "12912345678",
    "微信支付100元",
    "微信群满了",
    "微信 ok",
    "加我好友",
    "找我 alice",
    "vivo x100",
    "version v2.0.1-beta",
    "推荐@alice",
    "a@b",
    "官网 www.example.com",
    "wxid_",
    "微信2026年版",
]


@pytest.mark.parametrize(("text", "kind", "value"), WRITTEN)
def test_every_way_of_writing_it_is_found(text: str, kind: str, value: str) -> None:
    """One contact, of its kind, tidied."""
    assert [(one.kind, one.value) for one in find_contacts(text)] == [(kind, value)]


@pytest.mark.parametrize("text", INVENTED)
def test_nothing_is_invented(text: str) -> None:
    """What only looks like a contact is none."""
    assert find_contacts(text) == ()


@pytest.mark.parametrize(("text", "kind", "value"), WRITTEN)
def test_the_span_points_at_the_text(text: str, kind: str, value: str) -> None:
    """What stands between start and end is the value, but for width and separators."""
    (one,) = find_contacts(text)
    assert half_width(text[one.start : one.end]).replace("-", "").replace(" ", "") == value.replace("-", "")


@pytest.mark.parametrize(("text", "kind", "value"), WRITTEN)
def test_a_masked_text_does_not_tell(text: str, kind: str, value: str) -> None:
    """Neither as written nor tidied."""
    (one,) = find_contacts(text)
    masked = mask_text(text)
    assert value not in masked
    assert text[one.start : one.end] not in masked


def test_several_contacts_come_in_order() -> None:
    """None overlaps another."""
    found = find_contacts("微信 abc_1234，电话13912345678，邮箱 13912345678@139.com，QQ：88888888")
    assert [one.kind for one in found] == ["wechat", "phone", "email", "qq"]
    assert all(before.end <= after.start for before, after in pairwise(found))


LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLANTED = st.one_of(
    st.builds("1{}{}".format, st.integers(3, 9), st.text("0123456789", min_size=9, max_size=9)).map(
        lambda value: (value, value)
    ),
    st.builds(
        "{}{}_{}".format, st.sampled_from(LETTERS), st.text(LETTERS, min_size=3, max_size=8), st.integers(10, 999)
    ).map(lambda value: (f"微信：{value}", value)),
    st.integers(10000, 99999999999).map(lambda value: (f"QQ：{value}", str(value))),
    st.builds(
        "{}@{}.com".format, st.text(LETTERS, min_size=2, max_size=9), st.text(LETTERS, min_size=2, max_size=9)
    ).map(lambda value: (value, value)),
)
AROUND = st.text(st.sampled_from("我想买天幕，。！ \n😀（）：微信加q号码"), max_size=20)


@given(AROUND, PLANTED, AROUND)
def test_a_planted_contact_never_comes_through_the_mask(before: str, planted: tuple[str, str], after: str) -> None:
    """Whatever people write around it."""
    written, value = planted
    assert value not in mask_text(f"{before}，{written}，{after}")


@given(PLANTED)
def test_a_contact_repeated_without_a_cue_is_masked_too(planted: tuple[str, str]) -> None:
    """Somebody who says it twice is not given away by the second time."""
    written, value = planted
    assert value not in mask_text(f"{written}，再说一遍：{value}，别忘了（{value}）")


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_text_is_read(text: str) -> None:
    """Spans lie in the text, in order; masking a masked text finds no contact it hid."""
    found = find_contacts(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert isinstance(mask_text(text), str)


@pytest.mark.parametrize(
    "piece", ["微信 ", " ", "微信      ", "v ", "13912345678 ", "a.b@", "+86 ", "a@b.", "1", "abc_12345 微信"]
)
def test_a_long_run_takes_no_time(piece: str) -> None:
    """100,000 characters made to let the rules search are read in less than two seconds."""
    began = time.perf_counter()
    mask_text("微信" + piece * (100_000 // len(piece)))
    assert time.perf_counter() - began < 2


def test_spaces_behind_a_cue_take_no_time() -> None:
    """A cue and a long run of spaces once took minutes."""
    began = time.perf_counter()
    find_contacts("微信" + " " * 100_000 + "abc")
    assert time.perf_counter() - began < 1


def _reviews() -> list[str]:
    lines = REVIEWS.read_text(encoding="utf-8").splitlines()
    texts = [line.partition("\t")[2] for line in lines[:: len(lines) // 2000]]
    return [text for text in texts if 10 <= len(text) <= 300][:440]


@pytest.mark.skipif(not REVIEWS.exists(), reason="the reviews are not at hand")
def test_plain_reviews_have_no_contacts() -> None:
    """Of 440 reviews by shoppers, none without digits or an id is given a contact."""
    texts = _reviews()
    assert len(texts) == 440
    plain = [text for text in texts if not _ID.search(text)]
    assert [(text, one) for text in plain for one in find_contacts(text)] == []
