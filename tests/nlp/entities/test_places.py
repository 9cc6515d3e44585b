"""Places: cities by their short names, districts with their city, and no place in a word that only looks like one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import find_places
from nlp.entities.gazetteer import known_places, short_districts, short_name
from nlp.entities.place_words import COMMON, LOOSE, NOT_PLACES, SCENERY, WELL_KNOWN
from nlp.entities.places import may_hold_places
from tests.patience import within

FOUND = [
    ("杭州", ["杭州"]),
    ("我是杭州人", ["杭州"]),
    ("杭州这边有吗", ["杭州"]),
    ("杭州市", ["杭州"]),
    ("浙江省有店吗", ["浙江"]),
    ("新疆好玩", ["新疆"]),
    ("内蒙古和内蒙", ["内蒙古", "内蒙古"]),
    ("广西壮族自治区", ["广西"]),
    ("香港出发", ["香港"]),
    ("台北飞", ["台北"]),
    ("魔都有吗", ["上海"]),
    ("杭州市西湖区", ["杭州/西湖区"]),
    ("杭州西湖区", ["杭州/西湖区"]),
    ("杭州的西湖区", ["杭州/西湖区"]),
    ("浙江省杭州市余杭区", ["浙江", "杭州/余杭区"]),
    ("北京市朝阳区", ["北京/朝阳区"]),
    ("长春朝阳区", ["长春/朝阳区"]),
    ("朝阳区有店吗", ["朝阳区"]),
    ("北京的，在朝阳区", ["北京", "北京/朝阳区"]),
    ("鼓楼区", ["鼓楼区"]),
    ("余杭区", ["杭州/余杭区"]),
    ("住余杭", ["杭州/余杭区"]),
    ("深圳南山", ["深圳/南山区"]),
    ("浦东有门店吗", ["上海/浦东新区"]),
    ("渝北区", ["重庆/渝北区"]),
    ("义乌发货", ["金华/义乌"]),
    ("昆山市", ["苏州/昆山"]),
    ("桐庐周边", ["杭州/桐庐县"]),
    ("阳朔几天", ["桂林/阳朔县"]),
    ("都江堰", ["成都/都江堰"]),
    ("云阳县", ["重庆/云阳县"]),
    ("恩施玩几天", ["恩施"]),
    ("恩施土家族苗族自治州", ["恩施"]),
    ("湘西州", ["湘西"]),
    ("伊犁和喀什地区", ["伊犁", "喀什"]),
    ("东莞和仙桃市", ["东莞", "仙桃"]),
    ("去开封玩", ["开封"]),
    ("开封市", ["开封"]),
    ("中山市有店吗", ["中山"]),
    ("成都路线怎么走", ["成都"]),
    ("西安新城区", ["西安/新城区"]),
    ("吉林市和吉林", ["吉林", "吉林"]),
    ("上海到杭州", ["上海", "杭州"]),
]
NOTHING = [
    "",
    "西湖真美",
    "大连续剧",
    "在南京路逛街",
    "南京东路步行街",
    "北京路",
    "三明治好吃",
    "快递还没开封",
    "开封了就不能退",
    "合肥料多少钱",
    "兰州拉面",
    "沙县小吃",
    "和田玉手串",
    "普洱茶",
    "大理石台面",
    "阿里巴巴",
    "长治久安",
    "中山装",
    "日照充足",
    "安康",
    "朝阳公园",
    "新城区改造",
    "市中区",
    "适应县城生活",
    "富裕的人",
    "泗水好玩吗",
    "hello world",
    "去泰国",
    "\ud800\udfff",
    "😀😀",
]


@pytest.mark.parametrize(("text", "values"), FOUND)
def test_place_is_found_with_its_city(text: str, values: list[str]) -> None:
    """A place's value is its city's short name, and a district's has its city before it where that is known."""
    assert [one.value for one in find_places(text)] == values
    assert may_hold_places(text)


@pytest.mark.parametrize("text", NOTHING)
def test_words_are_no_places(text: str) -> None:
    """A street, a dish, a verb or a part of a longer word that looks like a place's name is none."""
    assert find_places(text) == ()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("我在杭州市呢", "杭州市"),
        ("住杭州市西湖区吧", "杭州市西湖区"),
        ("是杭州人", "杭州"),
        ("深圳南山的", "深圳南山"),
    ],
)
def test_span_is_the_whole_name(text: str, span: str) -> None:
    """The offsets take in 市 and, for a district, its city."""
    (one,) = find_places(text)
    assert text[one.start : one.end] == span


def test_sight_behind_a_city_is_no_district() -> None:
    """杭州西湖 is the lake, 上海静安寺 the temple and 北京朝阳公园 the park."""
    assert [find_places(text)[0].value for text in ("杭州西湖", "上海静安寺", "北京朝阳公园")] == [
        "杭州",
        "上海",
        "北京",
    ]


def test_rule_tells_the_level() -> None:
    """The rule says whether a province, a city or a district was found."""
    assert [one.rule for one in find_places("浙江、杭州、余杭区")] == ["place:province", "place:city", "place:district"]


def test_word_boundaries_decide() -> None:
    """With the offsets of the words, a name inside a word is none; 人 and 市 behind it may belong to the same word."""
    text = "他太原谅我了"
    assert find_places(text) != ()
    assert find_places(text, boundaries=frozenset({0, 1, 2, 4, 5, 6})) == ()
    assert find_places("在太原", boundaries=frozenset({0, 1, 3})) != ()
    assert find_places("杭州人多", boundaries=frozenset({0, 3, 4})) != ()
    assert find_places("住杭州市", boundaries=frozenset({0, 1})) != ()
    assert find_places("住杭州市吧", boundaries=frozenset({0, 5})) == ()


def test_register_is_whole() -> None:
    """34 provinces, over 330 cities and over 2,700 districts are known."""
    levels = [place.level for name, place in known_places().items() if name == place.name or place.cities]
    assert levels.count("province") == 30
    assert levels.count("city") > 290
    assert levels.count("district") > 2700
    assert short_districts()["杭州"]["余杭"] == "余杭区"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("杭州市", "杭州"),
        ("内蒙古自治区", "内蒙古"),
        ("伊犁哈萨克自治州", "伊犁"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("琼中黎族苗族自治县", "琼中"),
        ("阿里地区", "阿里"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("赵县", "赵县"),
        ("浦东新区", "浦东"),
        ("澳门特别行政区", "澳门"),
    ],
)
def test_short_name(name: str, short: str) -> None:
    """A short name lacks what kind of place it is and whose it is, and has two characters at the least."""
    assert short_name(name) == short


def test_hand_written_lists_do_their_work() -> None:
    """Districts said alone are in the register; no refused word is found; loose names ask for their city."""
    places = known_places()
    assert [name for name in WELL_KNOWN if name not in places] == []
    assert [name for name in NOT_PLACES if find_places(name)] == []
    assert [name for name in LOOSE if name in places and find_places(name)] == []
    assert not SCENERY & {name for names in short_districts().values() for name in names}
    assert not COMMON & WELL_KNOWN


@given(st.text(max_size=60), st.sampled_from(["杭州", "余杭区", "北京市朝阳区", ""]), st.text(max_size=10))
def test_any_text(before: str, place: str, after: str) -> None:
    """Offsets lie in the text, in order and apart, whatever the text."""
    text = before + place + after
    found = find_places(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert find_places(text, boundaries=frozenset(range(len(text) + 1))) == found
    assert may_hold_places(text) or not found


def test_comment_takes_microseconds() -> None:
    """A comment of forty characters is read in far less than a tenth of a millisecond."""
    text = "印尼的摩托车真的像蚂蚁一样多，过马路一定要小心，我们从杭州出发，两大一小"
    find_places(text)
    with within(0.1):
        for _ in range(1000):
            find_places(text)
