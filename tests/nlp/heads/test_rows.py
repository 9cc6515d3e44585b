"""Tables of labels: every form that is read, every line that is not, and which rows contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.heads.rows import LABEL_LIMIT, TEXT_LIMIT, Row, Table, read_table, settle, shown
from tests.patience import within

WANTED = [Row("多少钱", "price"), Row("怎么进群", "join")]


def table(tmp_path: Path, content: str | bytes) -> Table:
    """What is read from a file of this content."""
    file = tmp_path / "rows.tsv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(file)


@pytest.mark.parametrize(
    "content",
    [
        "price\t多少钱\njoin\t怎么进群\n",
        "price\t多少钱\r\njoin\t怎么进群",
        "\ufeffprice\t多少钱\njoin\t怎么进群\n",
        "label\ttext\nprice\t多少钱\njoin\t怎么进群\n",
        "\ufefftext\tid\tLabel\n多少钱\t1\tprice\n怎么进群\t2\tjoin\n",
        "label\tsecond_label\ttext\nprice\t\t多少钱\njoin\t\t怎么进群\nprice\tjoin\t多少钱进群\n",
        "\n  price \t 多少钱 \n\njoin\t怎么进群\n\n",
    ],
)
def test_every_form_is_read(tmp_path: Path, content: str) -> None:
    """With and without a header, a byte order mark, Windows' line ends, spaces and empty lines."""
    found = table(tmp_path, content)
    assert (found.rows, found.complaints) == (WANTED, [])


def test_rows_with_a_second_label_are_counted(tmp_path: Path) -> None:
    """They have no one answer."""
    assert table(tmp_path, "label\tsecond_label\ttext\na\tb\t文\na\t\t文字\n").second_labels == 1


def test_a_text_keeps_its_tabs(tmp_path: Path) -> None:
    """Only the first tab parts the label from the text."""
    assert table(tmp_path, "a\t一\t二\n").rows == [Row("一\t二", "a")]


@pytest.mark.parametrize(
    ("line", "code", "limit"),
    [
        (b"no tab here", "no_tab", None),
        (b"\tonly a text", "no_label", None),
        (b"label\t  ", "no_text", None),
        ("标签\t多少钱".encode("gb18030"), "not_utf8", None),
        (b"x" * (LABEL_LIMIT + 1) + b"\ttext", "long_label", LABEL_LIMIT),
        (b"label\t" + b"x" * (TEXT_LIMIT + 1), "long_text", TEXT_LIMIT),
        (b"la\x1bbel\ttext", "odd_label", None),
    ],
)
def test_bad_lines_are_told(tmp_path: Path, line: bytes, code: str, limit: int | None) -> None:
    """With file, line number, what stands there and the limit; the other lines are used."""
    found = table(tmp_path, b"a\tgood\n" + line + b"\nb\tgood too\n")
    assert [row.label for row in found.rows] == ["a", "b"]
    (told,) = found.complaints
    assert (told.file, told.line, told.code, told.limit) == ("rows.tsv", 2, code, limit)
    assert len(told.value) < 80


def test_labels_and_texts_at_their_limits_are_used(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    assert len(table(tmp_path, f"{'标' * LABEL_LIMIT}\t{'文' * TEXT_LIMIT}\n").rows) == 1


def test_contacts_in_a_complaint_are_masked(tmp_path: Path) -> None:
    """A bad line may hold a telephone number."""
    (told,) = table(tmp_path, "请加我微信 13800138000 谢谢\n").complaints
    assert "13800138000" not in told.value


def test_many_bad_lines_are_counted_and_some_told(tmp_path: Path) -> None:
    """A file of another kind does not fill the screen."""
    found = table(tmp_path, "没有制表符\n" * 5000)
    assert (found.left_out["no_tab"], len(found.complaints)) == (5000, 20)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Nothing crashes, and what is used can be written as UTF-8."""
    for row in table(tmp_path_factory.mktemp("any"), content).rows:
        assert row.label.encode()
        assert row.text.encode()


def test_a_line_of_a_megabyte_is_read_at_once(tmp_path: Path) -> None:
    """Also where it is full of what looks like contacts."""
    with within(2):
        table(tmp_path, "13800138000微信" * 80_000 + "\n" + "a\t" + "1380013800 " * 9_000 + "\n")


def test_repetitions_are_dropped_and_contradictions_left_out() -> None:
    """Texts that read alike are one text."""
    rows = [
        Row("ＡＢ价格", "x"),
        Row("ab價格", "x"),
        Row("别的", "x"),
        Row("别的", "y"),
        Row("别的 ", "x"),
        Row("单", "y"),
    ]
    found = settle(rows)
    assert found.rows == [Row("ＡＢ价格", "x"), Row("单", "y")]
    assert (found.duplicates, found.disputed) == (1, 3)


@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("xyz"))))
def test_every_row_is_accounted_for(pairs: list[tuple[str, str]]) -> None:
    """Kept, dropped or left out."""
    found = settle([Row(*pair) for pair in pairs])
    assert len(found.rows) + found.duplicates + found.disputed == len(pairs)


def test_a_shown_text_is_one_short_line() -> None:
    """Line ends become spaces, the rest is cut."""
    assert shown("一\n二\t三") == "一 二 三"
    assert len(shown("长" * 1_000_000)) < 70
