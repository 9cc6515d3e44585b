"""A file is told by its content, its rows by their line, and what cannot be read by one problem."""

from __future__ import annotations

import io
import json
import sqlite3
import tracemalloc
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from crawlers.exports import json_rows, workbooks
from crawlers.exports.reading import read_file
from crawlers.items import CommentItem, Item, MetricItem, PostItem, ProblemItem
from tests.crawlers.exports.cases import WRITTEN, desk, read, written
from tests.crawlers.exports.workbook import DATE, sheet_xml, workbook

DOUYIN = ["作品名称", "发布时间", "体裁", "播放量", "5s完播率", "点赞量"]
ROW = ["露营装备", "2026-11-01 18:30:00", "视频", 100, 0.3, 7]
CSV = "作品名称,发布时间,体裁,播放量,5s完播率,点赞量\n"


def one(items: list[Item], kind: type[Any]) -> Any:
    """The only item of a kind."""
    (found,) = (item for item in items if isinstance(item, kind))
    return found


def problems(items: list[Item]) -> list[tuple[str, str]]:
    """Codes and places."""
    return [(item.code, item.url) for item in items if isinstance(item, ProblemItem)]


def metrics(items: list[Item]) -> dict[str, int | None]:
    """Counters by name."""
    return {item.name: item.value for item in items if isinstance(item, MetricItem)}


# Workbooks


def test_a_workbook_is_read_below_its_title_and_notes(tmp_path: Path) -> None:
    """The header is found within the first lines; a note above it says when the counters were read."""
    rows = [["作品数据", "", "", "", "", ""], ["数据截止时间：2026-11-10"], [], DOUYIN, ROW]
    items, verdict = read(written(tmp_path / "a.xlsx", workbook({"作品列表": rows})))
    assert verdict == "loaded"
    assert one(items, PostItem).title == "露营装备"
    assert metrics(items) == {"views": 100, "likes": 7}
    assert {item.taken for item in items if isinstance(item, MetricItem)} == {
        datetime(2026, 11, 10, 15, 59, 59, tzinfo=UTC)
    }


def test_a_workbook_names_sheet_and_row_of_what_it_rejects(tmp_path: Path) -> None:
    """Row numbers are those that Excel shows, below a title too."""
    rows = [["标题行"], DOUYIN, ROW, ["", "2026-11-02", "", 1, "", ""], ["总计", "", "", 101, "", 7]]
    items, _ = read(written(tmp_path / "抖音作品数据.xlsx", workbook({"作品列表": rows})))
    assert problems(items) == [
        ("item_incomplete", "抖音作品数据.xlsx:作品列表!4"),
        ("item_incomplete", "抖音作品数据.xlsx:作品列表!5"),
    ]


def test_dates_formulas_and_day_numbers_of_a_workbook(tmp_path: Path) -> None:
    """A date cell, a day number and a formula's last result are what Excel shows."""
    rows = [DOUYIN, ["a", (DATE, 46327.5), "", 1, "", 1], ["b", 46327.5, "", 1, "", 1], ["=A2", "2026-11-01", "", 1]]
    items, _ = read(written(tmp_path / "a.xlsx", workbook({"1": rows})))
    posts = [item for item in items if isinstance(item, PostItem)]
    assert posts[0].published == posts[1].published == datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    assert posts[2].title == "counted"


def test_a_rounded_id_in_a_workbook_is_rejected(tmp_path: Path) -> None:
    """A long id that Excel keeps as a number is another id: the row is named, with what to do."""
    rows = [[*DOUYIN, "作品ID"], [*ROW, 7301234567890123456], [*ROW, "7301234567890123456"]]
    items, _ = read(written(tmp_path / "a.xlsx", workbook({"1": rows})))
    assert one(items, PostItem).external_id == "7301234567890123456"
    assert one(items, PostItem).url == "https://www.douyin.com/video/7301234567890123456"
    assert "rounded" in one(items, ProblemItem).detail


def test_other_sheets_of_a_workbook_are_named(tmp_path: Path) -> None:
    """A sheet that no preset knows is told; an empty one is not."""
    book = workbook({"作品": [DOUYIN, ROW], "趋势": [["日期", "涨粉"], ["2026-11-01", 3]], "空": []})
    items, verdict = read(written(tmp_path / "a.xlsx", book))
    assert problems(items) == [("file_not_used", "a.xlsx:趋势")]
    assert verdict == "loaded"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is on what a workbook unpacks to."""
    monkeypatch.setattr(workbooks, "UNPACKED_MOST", 1 << 20)
    book = workbook({"1": [DOUYIN, ROW]}, extra={"xl/media/zeros.bin": bytes(2 << 20)})
    items, verdict = read(written(tmp_path / "bomb.xlsx", book))
    assert problems(items) == [("decompressed_too_large", "bomb.xlsx")]
    assert verdict == "refused"


def test_one_cell_far_out_does_not_take_the_memory(tmp_path: Path) -> None:
    """A sheet is refused by its last row and column: all cells before them would be made."""
    sheet = sheet_xml([DOUYIN]).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    items, _ = read(written(tmp_path / "a.xlsx", workbook({}, extra={"xl/worksheets/sheet1.xml": sheet.encode()})))
    assert problems(items) == [("decompressed_too_large", "a.xlsx")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_unreadable"),
        (b"  \n ", "file_unreadable"),
        (b"PK\x03\x04 cut off", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "file_unreadable"),
        (b"SQLite format 3\x00 cut off", "file_unreadable"),
        (b"<html><table><tr><td>1</td></tr></table>", "file_unreadable"),
        (b"%PDF-1.7\x00\x01\x02\x03\x04\x05\x06\x07", "file_not_recognised"),
        ("日期,访客数\n2026-11-01,3\n".encode(), "file_not_recognised"),
        (b'{"a": 1}\n', "file_not_recognised"),
        (b'{"a": \n', "file_not_recognised"),
        (b'[{"a": 1}]', "file_not_recognised"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, data: bytes, code: str) -> None:
    """Damaged, foreign or unknown: named once, whatever its extension says."""
    for name in ("a.csv", "a.xlsx", "a.json"):
        items, verdict = read(written(tmp_path / name, data))
        assert [found for found, _ in problems(items)] == [code]
        assert len(items) == 1
        assert verdict == "refused"


def test_another_archive_is_told_what_to_do(tmp_path: Path) -> None:
    """A zip of exports is not unpacked by itself."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("作品.csv", CSV)
    items, _ = read(written(tmp_path / "all.zip", file.getvalue()))
    assert "unpack it" in one(items, ProblemItem).detail


def test_files_above_the_limits_are_refused(tmp_path: Path) -> None:
    """The problem names the size, the limit and its option."""
    small = desk(largest=100, largest_workbook=200)
    items, _ = read(written(tmp_path / "a.csv", CSV + "x" * 200), using=small)
    assert one(items, ProblemItem).code == "body_too_large"
    assert "max_file_mib" in one(items, ProblemItem).detail
    items, _ = read(written(tmp_path / "a.xlsx", workbook({"1": [DOUYIN]})), using=small)
    assert "max_workbook_mib" in one(items, ProblemItem).detail


def test_columns_that_look_like_data_are_not_told(tmp_path: Path) -> None:
    """A file without a header may begin with somebody's data: numbers and long texts are not repeated."""
    items, _ = read(written(tmp_path / "a.csv", "小王,13812345678,wang@example.com\n"))
    assert one(items, ProblemItem).detail.endswith("小王, …, …")


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_and_with_every_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Excel in China saves GBK, scripts UTF-8, and both use any delimiter."""
    rows = ["作品名称,发布时间,体裁,播放量,5s完播率,点赞量", "露营装备怎么选才不踩坑,2026-11-01 18:30,视频,100,0.3,7"]
    text = "\r\n".join(row.replace(",", delimiter) for row in rows)
    items, verdict = read(written(tmp_path / "a.csv", text.encode(encoding)))
    assert (one(items, PostItem).title, verdict) == ("露营装备怎么选才不踩坑", "loaded")
    assert one(items, PostItem).flaws == ()
    assert metrics(items) == {"views": 100, "likes": 7}


def test_line_numbers_count_lines_of_the_file(tmp_path: Path) -> None:
    """A cell with line breaks moves what follows, as an editor shows it; empty lines are passed over."""
    text = f'{CSV}"两行的\n标题",2026-11-01,视频,1,0,1\n\n,2026-11-02,视频,1,0,1\n'
    items, _ = read(written(tmp_path / "a.csv", text))
    assert one(items, PostItem).title == "两行的\n标题"
    assert problems(items) == [("item_incomplete", "a.csv:5")]


def test_a_row_that_does_not_fit_its_header_is_rejected(tmp_path: Path) -> None:
    """More cells than columns mean that something is shifted; so does the header in the middle."""
    items, _ = read(written(tmp_path / "a.csv", f"{CSV}a,b,2026-11-01,视频,1,0,1\n{CSV}好,2026-11-01,视频,1,0,1\n"))
    assert [place for _, place in problems(items)] == ["a.csv:2", "a.csv:3"]
    assert one(items, PostItem).title == "好"


def test_a_quotation_mark_that_is_never_closed_loses_no_row_silently(tmp_path: Path) -> None:
    """What it swallows is one named problem with its lines."""
    rows = "".join(f"标题{n},2026-11-01,视频,1,0,1\n" for n in range(60))
    items, _ = read(written(tmp_path / "a.csv", f'{CSV}好,2026-11-01,视频,1,0,1\n"坏,2026-11-01,视频,1,0,1\n{rows}'))
    assert one(items, PostItem).title == "好"
    assert one(items, ProblemItem).detail.startswith("lines 3-")


def test_broken_bytes_are_a_flaw_and_not_a_loss(tmp_path: Path) -> None:
    """A row with bytes that fit no encoding is stored with its flaw."""
    text = (CSV + "露营装备怎么选,2026-11-01,视频,1,0,1\n" * 20).encode() + b"\xe9\x9c\xb2\xff,2026-11-01,,1,0,1\n"
    items, _ = read(written(tmp_path / "a.csv", text))
    last = [item for item in items if isinstance(item, PostItem)][-1]
    assert last.flaws == ("invalid_text",)
    assert last.title.startswith("露")


def test_a_row_with_only_a_bad_time_is_stored(tmp_path: Path) -> None:
    """The time is unknown and says so, everything else is kept."""
    for wrong in ("", "待定", "2031-01-01"):
        items, _ = read(written(tmp_path / "a.csv", f"{CSV}好,{wrong},视频,1,0,1\n"))
        assert one(items, PostItem).published is None
        assert one(items, PostItem).flaws == ("bad_timestamp",)


def test_counters_are_as_old_as_the_file_says(tmp_path: Path) -> None:
    """A day in the name counts to its end; without one, the file's last change; a column of its own before both."""
    row = "好,2026-11-01,视频,1,0,1"
    dated = read(written(tmp_path / "数据_2026-11-05.csv", f"{CSV}{row}\n"))[0]
    plain = read(written(tmp_path / "数据.csv", f"{CSV}{row}\n"))[0]
    column = read(written(tmp_path / "a.csv", f"{CSV.strip()},数据截止时间\n{row},2026-11-03 10:00\n"))[0]
    assert [next(item.taken for item in items if isinstance(item, MetricItem)) for items in (dated, plain, column)] == [
        datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC),
        WRITTEN,
        datetime(2026, 11, 3, 2, 0, tzinfo=UTC),
    ]


def test_the_same_post_has_the_same_id_in_every_export_without_ids(tmp_path: Path) -> None:
    """The id is of the title and the minute, however the time and the spaces are written."""
    ids = set()
    for number, time in enumerate(("2026-11-01 18:30:00", "2026/11/1 18:30", "2026年11月1日 18:30")):
        items, _ = read(written(tmp_path / f"{number}.csv", f"{CSV}露营 装备,{time},视频,1,0,1\n"))
        ids.add(one(items, PostItem).external_id)
    assert len(ids) == 1


# Presets


def test_a_renamed_column_is_added_in_the_options(tmp_path: Path) -> None:
    """``columns`` names a field's or a counter's new column without a copy of the preset."""
    text = "作品名称,发布时间,体裁,播放人次,5s完播率,复看\n好,2026-11-01,视频,9,0,4\n"
    using = desk("douyin", columns={"views": ("播放人次",), "replays": ("复看",)})
    items, _ = read(written(tmp_path / "a.csv", text), using=using)
    assert metrics(items) == {"views": 9, "replays": 4}


def test_a_preset_that_is_named_needs_no_marks(tmp_path: Path) -> None:
    """Somebody who says what a file is need not have every column in it."""
    text = "标题,发布时间,播放量\n好,2026-11-01,9\n"
    items, _ = read(written(tmp_path / "a.csv", text), using=desk("bilibili"))
    assert metrics(items) == {"views": 9}


def test_the_name_of_the_folder_decides_between_two_that_fit(tmp_path: Path) -> None:
    """Where columns fit two presets, the folder or the file says which it is."""
    text = "视频标题,发布时间,体裁,播放量,投币\n好,2026-11-01,视频,9,5\n"
    for folder, name in (("抖音", "抖音"), ("bili", "B站")):
        items, _ = read(written(tmp_path / folder / "a.csv", text), place=f"{folder}/a.csv")
        assert ("coins" in metrics(items)) == (name == "B站")


OWN = "作品ID,标题,正文,作者,发布时间,阅读量,点赞量,评论量,链接\n"
OWN_ROW = "p1,好,全文,小王,2026-11-01,9,3,1,https://a.example/1\n"


@pytest.mark.parametrize("place", ["a.csv", "抖音/a.csv"])
def test_a_hand_kept_table_loses_no_column_to_a_platform(tmp_path: Path, place: str) -> None:
    """The preset that gets the most out of the columns is taken, whatever the folder is called."""
    items, _ = read(written(tmp_path / "a.csv", OWN + OWN_ROW), place=place)
    post = one(items, PostItem)
    assert (post.external_id, post.title, post.body, post.author) == ("p1", "好", "全文", "小王")
    assert metrics(items) == {"views": 9, "likes": 3, "comments": 1}


@pytest.mark.parametrize("mark", ["体裁", "投币", "笔记ID", "笔记标题", "转发量", "视频描述", "送达人数", "主页访问量"])
def test_one_column_of_a_platform_takes_no_other_from_a_table(tmp_path: Path, mark: str) -> None:
    """A column that a platform's export has too does not make a hand-kept table that platform's."""
    text = OWN.replace("\n", f",{mark}\n") + OWN_ROW.replace("\n", ",5\n")
    items, _ = read(written(tmp_path / "a.csv", text))
    post = one(items, PostItem)
    assert (post.title, post.body, post.author) == ("好", "全文", "小王")
    assert {"views": 9, "likes": 3, "comments": 1}.items() <= metrics(items).items()


@pytest.mark.parametrize("word", ["转发数", "转发量"])
def test_a_table_with_forwards_keeps_its_titles(tmp_path: Path, word: str) -> None:
    """Many platforms have 转发: it is no sign of 微博, which has no titles."""
    text = f"标题,正文,发布时间,{word},点赞数,互动量\n好,全文,2026-11-01,2,3,5\n"
    items, _ = read(written(tmp_path / "a.csv", text))
    assert (one(items, PostItem).title, metrics(items)["shares"]) == ("好", 2)


def test_of_equal_presets_the_platform_wins(tmp_path: Path) -> None:
    """Where a hand-kept table would get no more out of the columns, the platform's own preset reads them."""
    text = "作品名称,发布时间,体裁,播放量,作品ID\n好,2026-11-01,视频,9,7301234567890123456\n"
    items, _ = read(written(tmp_path / "a.csv", text))
    assert one(items, PostItem).url == "https://www.douyin.com/video/7301234567890123456"


# JSON and SQLite


def test_a_json_list_is_read_in_pieces_with_line_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the pieces are, the objects and their lines are the same."""
    rows: list[Any] = [{"comment_id": str(n), "aweme_id": "7", "content": "多少钱" * 9} for n in range(1, 30)]
    rows[10] = "no object"
    path = written(tmp_path / "c.json", json.dumps(rows, ensure_ascii=False, indent=4))
    whole, _ = read(path)
    monkeypatch.setattr(json_rows, "_CHUNK", 7)
    assert read(path) == (whole, "loaded")
    assert problems(whole) == [("item_incomplete", "c.json:52")]
    assert len(whole) == 29


@pytest.mark.parametrize("end", [', {"comment_id": "2", "aweme', ",", "", ', {"a": tru}]', ", " + "[" * 100_000])
def test_a_json_list_that_is_cut_off_keeps_the_rows_before(tmp_path: Path, end: str) -> None:
    """The cut is one problem with its line, and the file is tried again when it changes."""
    path = written(tmp_path / "c.json", '[\n{"comment_id": "1", "aweme_id": "7", "content": "多少钱"}' + end)
    items, verdict = read(path)
    assert one(items, CommentItem).external_id == "1"
    assert one(items, ProblemItem).code == "file_unreadable"
    assert "line 2" in one(items, ProblemItem).detail
    assert verdict == "refused"


def test_a_database_is_read_and_never_changed(tmp_path: Path) -> None:
    """Views and virtual tables are not looked at, nothing is written beside the file."""
    path = tmp_path / "d.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE douyin_aweme_comment (comment_id, aweme_id, content, create_time)")
        database.execute("INSERT INTO douyin_aweme_comment VALUES ('1', 7301234567890123456, '多少钱', 1793500000)")
        database.execute("INSERT INTO douyin_aweme_comment VALUES ('2', NULL, '没有作品', 1793500000)")
        database.execute("CREATE TABLE dy_creator (user_id, nickname, fans)")
        database.execute("INSERT INTO dy_creator VALUES ('1', '甲', '10')")
        database.execute("CREATE VIEW xhs_note_comment AS SELECT '9' AS comment_id, '9' AS note_id, '9' AS content")
        database.commit()
    before = path.read_bytes()
    items, verdict = read(path)
    assert one(items, CommentItem).post_id == "7301234567890123456"
    assert problems(items) == [
        ("item_incomplete", "d.db:douyin_aweme_comment!2"),
        ("file_not_used", "d.db:dy_creator"),
    ]
    assert verdict == "loaded"
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["d.db"]


def test_what_is_not_yet_in_a_database_file_is_read_from_its_journal(tmp_path: Path) -> None:
    """A program that is still running keeps new rows beside the file."""
    path = tmp_path / "d.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE c (comment_id, aweme_id, content)")
        database.execute("INSERT INTO c VALUES ('1', '7', '多少钱')")
        database.commit()
        assert one(read(path)[0], CommentItem).text == "多少钱"


def test_a_text_table_may_call_itself_xls(tmp_path: Path) -> None:
    """Some back-offices save tab-separated GBK under the name of a workbook."""
    text = CSV.replace(",", "\t") + "露营装备怎么选\t2026-11-01\t视频\t100\t0.3\t7\n"
    items, _ = read(written(tmp_path / "作品.xls", text.encode("gb18030")))
    assert one(items, PostItem).title == "露营装备怎么选"


def test_a_table_without_row_numbers_counts_its_rows(tmp_path: Path) -> None:
    """A WITHOUT ROWID table names rows by their order."""
    path = tmp_path / "d.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE c (comment_id PRIMARY KEY, aweme_id, content) WITHOUT ROWID")
        database.execute("INSERT INTO c VALUES ('1', '7', 'x'), ('2', '', 'y')")
        database.commit()
    assert problems(read(path)[0]) == [("item_incomplete", "d.db:c!2")]


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl"])
def test_a_long_file_is_never_in_memory_whole(tmp_path: Path, name: str) -> None:
    """The first rows of a file of 23 MB are there when no more than a piece of it is in memory."""
    row = {"comment_id": "1", "aweme_id": "7", "content": "多少钱" * 800}
    line = ",".join(row.values()) if name == "a.csv" else json.dumps(row, ensure_ascii=False)
    start, between = {"a.csv": (",".join(row) + "\n", "\n"), "a.json": ("[", ",\n"), "a.jsonl": ("", "\n")}[name]
    path = written(tmp_path / name, start + (line + between) * 3300)
    assert path.stat().st_size > 23_000_000
    tracemalloc.start()
    try:
        found = list(islice(read_file(path, place=name, desk=desk()), 20))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert all(isinstance(item, CommentItem) for item in found)
