"""Answers that say nothing by themselves, read by what they answer."""

from __future__ import annotations

import pytest
from hypothesis import given

from nlp.normal import comparable
from nlp.replies import Meaning, ReplyReader
from nlp.rules import Intents, Replies
from tests.nlp.teams import ANY_TEXT
from tests.patience import within

LINK, GROUP = "要链接的扣1", "想进群的回复一下"


@pytest.fixture(scope="module")
def reader(intents: Intents) -> ReplyReader:
    """The starter's."""
    return ReplyReader(intents.replies)


@pytest.mark.parametrize(
    "text", ["要", "要要", "1", "111", "扣1", "+1", "好的", "求", "想要", "要！", "要啊～", " 要 ", "１", "來", "嗯嗯"]
)
def test_a_yes_takes_the_offer(reader: ReplyReader, text: str) -> None:
    """However it is said; what does not say yes alone is nothing."""
    meaning = reader.meaning(comparable(text), LINK)
    assert (meaning is None) == (text == "要要")
    assert meaning in (None, Meaning("purchase_intent", "reply-yes"))


@pytest.mark.parametrize(
    ("offer", "intent"),
    [
        (LINK, "purchase_intent"),
        ("要鏈接的扣１", "purchase_intent"),
        (GROUP, "how_to_join"),
        ("价目表需要的评论区留言", "price_inquiry"),
    ],
)
def test_the_first_offer_that_fits_names_the_intent(reader: ReplyReader, offer: str, intent: str) -> None:
    """Over comparable text."""
    assert reader.meaning("要", offer) == Meaning(intent, "reply-yes")


@pytest.mark.parametrize("text", ["同求", "同问", "我也想要", "+1", "加一", "俺也一样"])
def test_me_too_wants_what_the_other_one_wanted(reader: ReplyReader, text: str) -> None:
    """Where nothing is offered."""
    assert reader.meaning(text, "多少钱") == Meaning(None, "reply-me-too")


@pytest.mark.parametrize("text", ["", "多少钱", "要不要买呢", "不要", "好的产品", "要" * 17, "1" * 17, "今天天气好"])
def test_what_speaks_for_itself(reader: ReplyReader, text: str) -> None:
    """Has no meaning of its own here."""
    assert reader.meaning(text, LINK) is None


def test_a_yes_to_no_offer_is_nothing(reader: ReplyReader) -> None:
    """Nor to one far above the end of a long post."""
    assert reader.meaning("要", "今天天气不错") is None
    assert reader.meaning("要", LINK + "。今天天气不错" * 100) is None
    assert reader.meaning("要", "今天天气不错。" * 100 + LINK) == Meaning("purchase_intent", "reply-yes")


@given(ANY_TEXT, ANY_TEXT)
def test_without_a_policy_nothing_is_meant(text: str, answered: str) -> None:
    """A team that says nothing of replies has none."""
    assert ReplyReader(Replies()).meaning(comparable(text), answered) is None


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_read(reader: ReplyReader, text: str, answered: str) -> None:
    """And gives an intent only with an offer."""
    meaning = reader.meaning(comparable(text), answered)
    assert meaning is None or meaning.rule in ("reply-yes", "reply-me-too")


@pytest.mark.parametrize("piece", ["要", "1", "链接", "，", "加入"])
def test_a_megabyte_takes_no_time(reader: ReplyReader, piece: str) -> None:
    """Neither of answer nor of what is answered."""
    long = piece * (1_000_000 // len(piece))
    with within(1):
        reader.meaning(long, "")
        reader.meaning("要", long)
