"""Bytes to text: whatever the label says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.text import decode
from tests.patience import within

SENTENCE = "这是一条关于课程价格的评论，请问多少钱？怎么报名参加呢，谢谢老师。"
TRADITIONAL = "這是一條關於課程價格的評論，請問多少錢？怎麼報名參加呢，謝謝老師。"
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=20, max_size=200)
LABELS = st.sampled_from([None, "utf-8", "gbk", "GB2312", "big5", "latin-1", "no-such", "hex", "undefined", "punycode"])
FRENCH = "Le café était déjà fermé ; « voilà », dit-il à l’hôtel, où ça coûte 3 €."
GERMAN = "Über die Straße fährt der größte Bär; schöne Grüße aus Köln!"
JAPANESE = "これは日本語の文章です。価格はいくらですか？東京都の会社"
KOREAN = "안녕하세요 이것은 한국어 문장입니다. 가격은 얼마입니까?"
RUSSIAN = "Привет, как дела? Мы продаём курсы дёшево."
PAGE = "<html><head><title>{0}</title></head><body><p>{0}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "flaws"),
    [
        (SENTENCE, "utf-8", "utf-8", ()),
        (SENTENCE, "utf-8", None, ()),
        (SENTENCE, "utf-8", "gbk", ("charset_mismatch",)),
        (SENTENCE, "gbk", "gb2312", ()),
        (SENTENCE, "gb18030", "GBK", ()),
        (SENTENCE, "gbk", "utf-8", ("charset_mismatch",)),
        (SENTENCE + "🏕", "gb18030", "utf-8", ("charset_mismatch",)),
        (TRADITIONAL, "big5", "big5", ()),
        (TRADITIONAL, "big5", "utf-8", ("charset_mismatch",)),
        (SENTENCE, "utf-8-sig", "gbk", ()),
        (SENTENCE, "utf-16", "utf-8", ()),
        (SENTENCE, "gbk", "no-such-charset", ("charset_mismatch",)),
        (SENTENCE, "gbk", "hex", ("charset_mismatch",)),
        ("plain", "ascii", "gbk", ()),
    ],
)
def test_a_body_is_decoded_whatever_its_label(
    text: str, encoding: str, declared: str | None, flaws: tuple[str, ...]
) -> None:
    """The right text comes out, and a wrong label is a flaw."""
    assert decode(text.encode(encoding), declared=declared) == (text, flaws)


@given(CHINESE, st.integers(min_value=0), LABELS)
def test_one_broken_byte_does_not_spoil_a_utf8_page(text: str, where: int, label: str | None) -> None:
    """Only the character it falls into is lost, whatever the label says."""
    body = bytearray(text.encode())
    del body[where % len(body)]
    found, flaws = decode(bytes(body), declared=label)
    assert "invalid_text" in flaws
    assert sum(char in text for char in found) >= len(text) - 2


def test_one_broken_byte_does_not_spoil_a_gbk_page() -> None:
    """The rest of a page declared as GBK is still read as GBK."""
    body = SENTENCE.encode("gbk") + b"\xff" + SENTENCE.encode("gbk")
    assert decode(body, declared="gbk") == (f"{SENTENCE}\ufffd{SENTENCE}", ("invalid_text",))


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf" + "中".encode() + b"\xff", b"\xff\xfe" + b"\x2d\x4e\x2d"])
def test_broken_bytes_after_a_mark_are_a_flaw(body: bytes) -> None:
    """A byte order mark does not hide that something after it is broken."""
    assert decode(body, declared=None) == ("中\ufffd", ("invalid_text",))


@given(st.binary(max_size=300), LABELS)
def test_decoding_never_fails(body: bytes, label: str | None) -> None:
    """Any bytes under any label give a text."""
    text, _ = decode(body, declared=label)
    assert isinstance(text, str)


@given(CHINESE, st.sampled_from(["utf-8", "gb18030"]))
def test_declared_text_comes_out_whole(text: str, encoding: str) -> None:
    """What is declared rightly is read exactly."""
    assert decode(text.encode(encoding), declared=encoding)[0] == text


@pytest.mark.parametrize(
    "label", ["gbk", "big5", "utf-8", "latin-1", "windows-1252", "shift_jis", "euc-kr", "koi8-r", None]
)
@pytest.mark.parametrize(("text", "encoding"), [(SENTENCE, "gbk"), (TRADITIONAL, "big5"), (TRADITIONAL, "gbk")])
def test_chinese_is_read_rightly_under_any_label(text: str, encoding: str, label: str | None) -> None:
    """Also where the wrong encoding decodes every byte, to characters that nobody writes."""
    page = PAGE.format(text)
    assert decode(page.encode(encoding), declared=label)[0] == page


@pytest.mark.parametrize(
    ("text", "encoding", "labels"),
    [
        *((FRENCH, "windows-1252", ["windows-1252", "latin-1", "iso-8859-1", None, "utf-8", "gbk", "big5"]),),
        *((GERMAN, "latin-1", ["latin-1", "windows-1252", "iso-8859-15", None, "gb2312"]),),
        *((JAPANESE, "shift_jis", ["shift_jis"]), (JAPANESE, "euc-jp", ["euc-jp"]), (KOREAN, "euc-kr", ["euc-kr"])),
        *((RUSSIAN, "windows-1251", ["windows-1251"]), (RUSSIAN, "koi8-r", ["koi8-r"])),
    ],
)
def test_other_languages_stay_right(text: str, encoding: str, labels: list[str | None]) -> None:
    """Western pages under any label; others where they are labelled rightly."""
    for label in labels:
        assert decode(PAGE.format(text).encode(encoding), declared=label)[0] == PAGE.format(text), label


def test_a_wrong_label_is_a_flaw_though_it_decodes() -> None:
    """GBK labelled Big5, Latin or Korean fails nowhere: it is noticed by what it gives."""
    for label in ("big5", "latin-1", "windows-1252"):
        assert decode(SENTENCE.encode("gbk"), declared=label) == (SENTENCE, ("charset_mismatch",))


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_title_behind_a_megabyte_of_script_is_read(end: str) -> None:
    """What is looked at begins where the page is more than ASCII, in one line or in many."""
    page = "<script>" + f"var a = 1;{end}" * 100_000 + f"</script><title>{SENTENCE}</title>"
    assert decode(page.encode("gbk"), declared="big5")[0] == page


def test_two_words_of_gbk_that_are_valid_utf8_are_believed_when_labelled() -> None:
    """联通 in GBK is two Latin letters in UTF-8."""
    assert decode("联通".encode("gbk"), declared="gb2312") == ("联通", ())
    assert decode("naïve café".encode(), declared="latin-1") == ("naïve café", ("charset_mismatch",))


def test_hong_kong_and_taiwan_extensions_are_read() -> None:
    """Characters beyond plain Big5, and its full-width slash in both codes."""
    assert decode((TRADITIONAL + "裏恒碁").encode("cp950"), declared="big5") == (TRADITIONAL + "裏恒碁", ())
    assert decode((TRADITIONAL + "嘅咗啲").encode("big5hkscs"), declared="big5") == (TRADITIONAL + "嘅咗啲", ())
    assert decode((TRADITIONAL + "／").encode("big5"), declared="big5") == (TRADITIONAL + "／", ())


@given(
    st.lists(st.sampled_from(SENTENCE), min_size=30, max_size=200), st.sampled_from(["big5", "utf-8", "latin-1", None])
)
def test_any_everyday_text_in_gbk_is_read_under_wrong_labels(chars: list[str], label: str | None) -> None:
    """Whatever order common characters come in."""
    text = "".join(chars)
    assert decode(text.encode("gbk"), declared=label)[0] == text


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_page_of_the_largest_size_is_read_in_time(encoding: str) -> None:
    """8 MB in one line or in many."""
    for end in ("", "\n"):
        body = ((SENTENCE + end) * 80_000).encode(encoding)
        with within(5):
            assert "\ufffd" not in decode(body, declared="big5")[0]
