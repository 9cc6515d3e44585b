"""A preset is a page of YAML: its mistakes are named, and a column may be written in any of its usual ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.exports.presets import (
    FIELDS,
    SheetPreset,
    hinted_platform,
    load_sheets,
    sheets_digest,
    shipped,
    shipped_names,
)
from crawlers.exports.tables import column_key
from crawlers.problems import CrawlProblem

SHEET = SheetPreset.model_validate(
    {
        "kind": "post",
        "needs": ["title", "views"],
        "marks": ["体裁"],
        "without": ["笔记标题"],
        "hints": ["抖音", "dy"],
        "columns": {"title": ["作品名称"]},
        "metrics": {"views": ["播放量", "播放次数"]},
    }
)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("播放量(次)", "播放量"),
        ("播放量（次）", "播放量"),
        (" 播放 量\u200b", "播放量"),
        ("Note Id", "note_id"),
        ("５Ｓ完播率", "5s完播率"),
    ],
)
def test_a_column_is_known_in_its_usual_spellings(written: str, same: str) -> None:
    """Width, case, spaces and the unit behind a name change between exports."""
    assert column_key(written) == column_key(same)


def test_other_brackets_are_another_column() -> None:
    """Only a unit is taken off: 播放量(近7天) is not 播放量."""
    assert column_key("播放量(近7天)") != column_key("播放量")
    assert column_key("播放量(万)") != column_key("播放量")


@given(st.text(max_size=30))
def test_a_column_key_is_its_own_key(name: str) -> None:
    """Keys of presets and keys of files are compared, so making a key twice changes nothing that matters."""
    assert column_key(column_key(name)) in {column_key(name), column_key(column_key(column_key(name)))}


def test_a_sheet_is_known_by_what_it_has_and_has_not() -> None:
    """Needed fields, one of the marks, none of the columns of another sheet; the weight counts its fields."""
    assert SHEET.weight({"作品名称", "播放次数", "体裁"}, by_name=False) == 2
    assert SHEET.weight({"作品名称", "播放次数"}, by_name=False) == 0
    assert SHEET.weight({"作品名称", "播放次数"}, by_name=True) == 2
    assert SHEET.weight({"作品名称", "体裁"}, by_name=True) == 0
    assert SHEET.weight({"作品名称", "播放量", "体裁", "笔记标题"}, by_name=False) == 0


def test_a_hint_is_a_whole_word_or_a_chinese_one() -> None:
    """``dy`` is a folder's name and not two letters of another word."""
    assert SHEET.hinted("data/dy/csv/a.csv")
    assert SHEET.hinted("我的抖音作品.xlsx")
    assert not SHEET.hinted("body/ready.csv")


def test_more_names_come_first_and_change_the_digest() -> None:
    """What a team adds is preferred to what is shipped."""
    assert SHEET.names["views"] == ("播放量", "播放次数")
    more = SHEET.extended({"views": ("播放 人次",), "replays": ("复看",)})
    assert more.metrics == {"views": ("播放人次", "播放量", "播放次数"), "replays": ("复看",)}
    assert more.names["views"][0] == "播放人次"
    assert sheets_digest((more,)) != sheets_digest((SHEET,))


def test_every_shipped_preset_is_sound() -> None:
    """Its needs are its own fields, and its address is made of its id."""
    for name in shipped_names():
        for sheet in shipped(name).sheets:
            assert set(sheet.needs) <= set(sheet.names), name
            assert set(sheet.columns) <= FIELDS
            assert not sheet.url or "{id}" in sheet.url


def test_a_copied_preset_is_the_shipped_one(tmp_path: Path) -> None:
    """A team copies the file into its workspace and edits it there."""
    folder = Path(__file__).parents[3] / "crawlers" / "exports" / "presets"
    for name in shipped_names():
        copy = tmp_path / f"{name}.yaml"
        copy.write_bytes((folder / f"{name}.yaml").read_bytes())
        assert load_sheets(str(copy), columns={}) == shipped(name).sheets


@pytest.mark.parametrize(
    ("sheet", "where"),
    [
        ("{kind: post, columns: {titel: [标题]}}", "sheets.0.columns"),
        ("{kind: post, metrics: {Views!: [播放量]}}", "sheets.0.metrics"),
        ("{kind: post, id_from_url: '('}", "sheets.0.id_from_url"),
        ("{kind: posts}", "sheets.0.kind"),
        ("{kind: post, nedds: [title]}", "sheets.0.nedds"),
        ("{kind: post, platform: 小红书}", "sheets.0.platform"),
    ],
)
def test_a_mistake_in_a_preset_is_named(tmp_path: Path, sheet: str, where: str) -> None:
    """File, place and what is wrong with it."""
    path = tmp_path / "own.yaml"
    path.write_text(f"name: own\ntitle: t\nsheets: [{sheet}]\n", encoding="utf-8")
    with pytest.raises(CrawlProblem) as raised:
        load_sheets(str(path), columns={})
    assert raised.value.detail.startswith(f"preset own.yaml: {where}")


def test_every_shipped_sheet_says_its_platform(tmp_path: Path) -> None:
    """MediaCrawler's are its sheets' own; elsewhere it is the preset's name, as in a team's own."""
    assert all(
        sheet.platform == name for name in shipped_names() if name != "mediacrawler" for sheet in shipped(name).sheets
    )
    kept = {sheet.platform for sheet in shipped("mediacrawler").sheets if sheet.kind != "account"}
    assert kept == {"xiaohongshu", "douyin", "kuaishou", "bilibili", "weibo", "tieba", "zhihu"}
    path = tmp_path / "own.yaml"
    path.write_text("name: own\ntitle: t\nsheets: [{kind: post}, {kind: comment, platform: weibo}]\n", encoding="utf-8")
    assert [sheet.platform for sheet in load_sheets(str(path), columns={})] == ["own", "weibo"]


@pytest.mark.parametrize(
    ("place", "platform"),
    [("抖音/评论.csv", "douyin"), ("2026/weibo_评论.csv", "weibo"), ("评论.csv", None), ("抖音和小红书.csv", None)],
)
def test_a_name_says_a_platform_or_none(place: str, platform: str | None) -> None:
    """Of two it says neither."""
    assert hinted_platform(place) == platform
