"""Where something stands in communities.yaml, as people call it; and what they gave the same name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.conftest import Refused
from yinliu.workspace.naming import place_named

FILE: dict[str, Any] = {
    "communities": [
        {"name": "camp", "title": "杭州露营群", "groups": [{"name": "g1"}], "operators": ["小栗"]},
        {"name": "tea"},
        {},
    ],
    "operators": [{"name": "小栗", "shifts": [{}]}, {"name": "a\0b"}, 5],
    "hubs": [{"name": "chat"}],
}


@pytest.mark.parametrize(
    ("location", "zh", "en"),
    [
        (("communities", 0), "社群「杭州露营群」", "community 'camp'"),
        (("communities", 0, "lead"), "社群「杭州露营群」的 lead", "community 'camp': lead"),
        (("communities", 0, "operators"), "社群「杭州露营群」的 operators", "community 'camp': operators"),
        (("communities", 0, "operators", 0), "社群「杭州露营群」的第 1 个运营", "community 'camp': operators.0"),
        (("communities", 0, "cities", 1), "社群「杭州露营群」的 cities 第 2 项", "community 'camp': cities.1"),
        (
            ("communities", 0, "groups", 0, "qr"),
            "社群「杭州露营群」的群「g1」的 qr",
            "community 'camp': group 'g1': qr",
        ),
        (("communities", 1), "社群「tea」", "community 'tea'"),
        (("communities", 2, "title"), "第 3 个社群的 title", "communities.2.title"),
        (("communities", 9), "第 10 个社群", "communities.9"),
        (
            ("operators", 0, "shifts", 0, "from"),
            "运营「小栗」的 shifts 第 1 项的 from",
            "operator '小栗': shifts.0.from",
        ),
        (("operators", 1, "name"), "第 2 个运营的 name", "operators.1.name"),
        (("operators", 2), "第 3 个运营", "operators.2"),
        (("hubs", 0, "url"), "社群平台「chat」的 url", "hub 'chat': url"),
        (("calendar", "off", 0), "calendar.off 第 1 项", "calendar.off.0"),
        (("communities",), "communities", "communities"),
        (("sources", 0, "url"), "sources.0.url", "sources.0.url"),
        ((), "", ""),
    ],
)
def test_a_place_is_named(location: tuple[str | int, ...], zh: str, en: str) -> None:
    """By titles and names where there are any, else by number; other files as they were."""
    said = place_named(FILE, location)
    assert (said.zh, said.en) == (zh, en)


@given(
    st.lists(st.sampled_from(("communities", "groups", "operators", "hubs", "calendar", "name", 0, 1, 7)), max_size=6),
    st.recursive(
        st.none() | st.text(max_size=3) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(("communities", "name", "title")), inner),
    ),
)
def test_no_place_breaks_it(location: list[str | int], content: Any) -> None:
    """Whatever stands there, or nothing."""
    said = place_named(content, location)
    assert said.zh.isprintable() and bool(said.en) == bool(location)


COMMUNITY = "communities:\n  - {name: camp, title: 杭州露营群, %s}\n"
TWINS = {
    "an operator of a community": (
        COMMUNITY % "capacity: 5, operators: [小栗, 小栗]",
        2,
        "社群「杭州露营群」的 operators：小栗 写了两次",
    ),
    "an operator": (
        COMMUNITY % "capacity: 5, operators: [小栗]" + "operators:\n  - {name: 小栗}\n  - {name: 小栗}\n",
        5,
        "operators：小栗 写了两次",
    ),
    "the title of a community": (
        COMMUNITY % "capacity: 5, operators: [小栗]"
        + "  - {name: vip, title: 杭州露营群, capacity: 5, operators: [小栗]}\n",
        3,
        "communities：标题“杭州露营群”重复（camp、vip）",
    ),
    "the title in wide letters": (
        COMMUNITY % "capacity: 5, operators: [小栗]"
        + "  - {name: b, title: VIP群, capacity: 5, operators: [小栗]}\n"
        + "  - {name: c, title: 'ｖｉｐ群 ', capacity: 5, operators: [小栗]}\n",
        4,
        "communities：标题“ｖｉｐ群”重复（b、c）",
    ),
    "the title of a group": (
        COMMUNITY
        % "operators: [小栗], groups: [{name: a, capacity: 5, title: 一群}, {name: b, capacity: 5, title: 一群}]",
        2,
        "社群「杭州露营群」的 groups：标题“一群”重复（a、b）",
    ),
}


@pytest.mark.parametrize(("content", "line", "told"), TWINS.values(), ids=TWINS)
def test_what_is_given_twice_is_told(refused: Refused, content: str, line: int, told: str) -> None:
    """With whose it is, and on the line of the second."""
    error = refused("communities.yaml", content)
    assert f"communities.yaml:{line} {told}" in error.message.zh, error.message.zh


def test_an_unknown_operator_is_told_with_the_community(refused: Refused) -> None:
    """Its title, not its row."""
    told = refused("communities.yaml", COMMUNITY % "capacity: 5, operators: [小粟]" + "operators: [{name: 小栗}]\n")
    assert "社群「杭州露营群」的第 1 个运营 = '小粟'：没有这个名称，是不是想写 小栗？" in told.message.zh


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            "days: workdays, from: '09:30', to: '18:30'",
            "days: [sat], from: '10:00', to: '12:00'",
            "工作日 09:30–18:30 与周六 10:00–12:00",
        ),
        (
            "days: everyday, from: '09:30', to: '18:30'",
            "days: holidays, from: '10:00', to: '12:00'",
            "每天 09:30–18:30 与休息日 10:00–12:00",
        ),
        ("days: [mon, sat]", "days: [sat, sun]", "周一、周六 00:00–24:00 与周六、周日 00:00–24:00"),
    ],
)
def test_shifts_that_overlap_are_told_in_words(refused: Refused, one: str, other: str, told: str) -> None:
    """Days by their Chinese names; that a Saturday may be worked only where that is why."""
    shifts = f"operators: [{{name: 小栗, shifts: [{{{one}}}, {{{other}}}]}}]\n"
    said = refused("communities.yaml", COMMUNITY % "capacity: 5, operators: [小栗]" + shifts).message.zh
    assert f"运营「小栗」：班次重叠：{told}" in said, said
    assert ("调休" in said) is ("工作日" in told)


def test_a_key_that_stands_twice_is_told_without_its_values(refused: Refused) -> None:
    """File, line, key and the next step, however long the values are."""
    long = "".join(f"  - {{name: c{row}, title: 露营{row}群, capacity: 3, operators: [小栗]}}\n" for row in range(30))
    said = refused("communities.yaml", f"communities:\n{long}communities:\n{long}").message
    assert said.zh == "communities.yaml:32 communities 写了两次，请合并成一处。"
    assert said.en == "communities.yaml:32 is not valid YAML: the key communities stands twice. Keep one."


@pytest.mark.parametrize("content", ["? [1, 2]\n: 3\n? [1, 2]\n: 3\n", "a" * 200 + ": 1\n" + "a" * 200 + ": 2\n"])
def test_a_key_that_is_no_word_is_no_riddle(refused: Refused, content: str) -> None:
    """Without the values as well."""
    said = refused("communities.yaml", content).message.zh
    assert "写了两次" in said and "value" not in said and len(said) < 80
