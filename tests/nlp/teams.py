"""Small teams' rules, bundles and heads, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from nlp import segmenter
from nlp.bundle import Bundle, Spec
from nlp.grams import NONE, grams_of
from nlp.heads.head import Head
from nlp.heads.training import Examples, train
from nlp.normal import batch
from nlp.rules import Intents, Topics, Words
from nlp.tags import Tag, Tagging

CAMPING: dict[str, Any] = {
    "topics": [
        {"name": "camping", "title": "露营", "words": ["露营", "天幕", "蛋卷桌"]},
        {"name": "clothes", "title": "衣服", "words": ["衣服", "iPhone壳"], "threshold": 2},
    ]
}
NO_TOPICS: dict[str, Any] = {"topics": []}
NO_INTENTS: dict[str, Any] = {"intents": []}

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)
"""Any code points at all: controls, line ends and halves of surrogate pairs too."""
PIECES = (
    *(
        "露营",
        "天幕",
        "衣服",
        "大衣服务",
        "杭州",
        "多少钱",
        "怎么买",
        "不想买",
        "求链接",
        "差评",
        "哈哈哈哈哈",
        "太好用了",
    ),
    *(
        "預約",
        "ＶＩＰ",
        "Pro",
        " ",
        "\n",
        "，",
        "？",
        "😀",
        "\ud83d",
        "\x00",
        "微信abc_1234",
        "13812345678",
        "预算3000",
        "@小明 ",
    ),
)
COMMENT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
"""Comments of phrases that rules look for."""

LINES: dict[str, tuple[str, ...]] = {
    "purchase_intent": (
        *(
            "想买一套",
            "我要下单",
            "求个链接",
            "怎么买呀",
            "准备入手了",
            "来两份",
            "给我留一台",
            "想订一个",
            "哪里能买到",
            "我要买",
        ),
    ),
    "price_inquiry": (
        *(
            "多少钱一个",
            "价格多少",
            "怎么卖的",
            "报个价",
            "多少钱啊",
            "贵不贵",
            "有优惠吗",
            "什么价位",
            "一套多少钱",
            "现在什么价格",
        ),
    ),
    "praise": (
        *("太好用了", "真不错", "很喜欢", "超级好看", "推荐给大家", "质量很好", "非常满意", "好评", "真香", "爱了爱了"),
    ),
    "chat_other": (
        *("哈哈哈", "路过", "打卡", "今天天气好", "沙发", "前排", "笑死了", "晚安", "周末愉快", "围观一下"),
    ),
}
FEELINGS: dict[str, tuple[str, ...]] = {
    "pos": ("太好用了", "真不错", "很喜欢", "超级好看", "非常满意", "爱了爱了"),
    "neg": ("太差了", "差评", "质量不行", "失望透顶", "再也不买了", "骗人的"),
    "neu": ("多少钱一个", "怎么买呀", "路过", "打卡", "在哪里", "几点开始"),
}
_OPENINGS = (
    *("想买一套露营装备", "求个链接", "这件衣服多少钱", "大衣服务很周到", "杭州有店吗", "上海人在此"),
    *("等了三天还没发货", "太好用了", "不想买了", "帮朋友问一下", "还是隔壁那家便宜", "泠川的LingChuan pro怎么样"),
    *("某净净水器", "天幕 和 蛋卷桌", "哈哈哈哈哈哈", "专业代运营刷粉引流", "預約一下體驗", "ＩＰＨＯＮＥ壳和衣服"),
    *("要", "同求", "@小明", "[赞][赞]", "预算三千以内，两大一小", "\ud83d半个字", ""),
)
_ENDINGS = (
    *("", "！！！", "😀🏕️", "，加微信 AbC_1234", " 电话13812345678", "  谢谢  大家", "\n\n下周三去杭州"),
    *("？？", "。怎么进群", "，国庆节去", "…\u3000", "\t1"),
)
COMMENTS = tuple(f"{opening}{ending}" for opening in _OPENINGS for ending in _ENDINGS)
"""Three hundred comments."""


def spec(
    topics: dict[str, Any] = NO_TOPICS,
    intents: dict[str, Any] = NO_INTENTS,
    *,
    words: dict[str, Any] | None = None,
    places: Iterable[str] = (),
) -> Spec:
    """What a bundle is compiled from, checked."""
    checked = Topics.model_validate(topics), Intents.model_validate(intents), Words.model_validate(words or {})
    return Spec(topics=checked[0], intents=checked[1], words=checked[2], places=tuple(places))


def bundle(
    topics: dict[str, Any] = NO_TOPICS,
    intents: dict[str, Any] = NO_INTENTS,
    *,
    heads: dict[str, Head] | None = None,
    **more: Any,
) -> Bundle:
    """A bundle of a few rules."""
    return Bundle(spec(topics, intents, **more), heads or {})


def wishing(*ways: tuple[str, float], threshold: float = 1, **more: Any) -> dict[str, Any]:
    """One intent ``wish`` with these patterns and weights: rules r0, r1, ..."""
    rules = [
        {"id": f"r{number}", "pattern": pattern, "weight": weight} for number, (pattern, weight) in enumerate(ways)
    ]
    return {"intents": [{"name": "wish", "title": "想", "rules": rules, "threshold": threshold}], **more}


def one(read: Bundle, text: str, *, answers: str | None = None) -> Tagging:
    """What a bundle finds in one text."""
    return read.read([text], answers=[answers])[0]


def tags(read: Bundle, text: str, kind: str) -> dict[str, Tag]:
    """The tags of one kind in a text, by label."""
    return {tag.label: tag for tag in one(read, text).tags if tag.kind == kind}


def shown(text: str, tag: Tag) -> list[str]:
    """What a tag's evidence points at."""
    return [text[span.start : span.end] for span in tag.evidence]


@lru_cache
def cached_segmenter(words: tuple[str, ...], engine: segmenter.Engine) -> segmenter.Segmenter:
    """A segmenter made once: a dictionary is read a tenth of a second long."""
    return segmenter.Segmenter(words, engine=engine)


def _trained(lines: dict[str, tuple[str, ...]]) -> Head:
    rows = [(label, text) for label, texts in lines.items() for text in texts]
    texts = [text for _, text in rows]
    none = bundle().flags(texts)[0]
    return train(Examples(grams=grams_of(batch(texts)), flags=none, labels=[label for label, _ in rows])).head


@lru_cache(maxsize=1)
def small_head() -> Head:
    """A head of four intents, trained on forty lines."""
    return _trained(LINES)


@lru_cache(maxsize=1)
def feeling_head() -> Head:
    """A head of sentiments, trained on eighteen lines."""
    return _trained(FEELINGS)


def fixed_head(
    labels: Sequence[str],
    bias: Sequence[float],
    *,
    temperature: float = 1.0,
    flags: dict[str, Sequence[float]] | None = None,
) -> Head:
    """A head that reads no n-gram: it says ``bias`` of every text, and adds the rows of the flags found."""
    known = flags or {}
    rows = np.array([*known.values()], np.float32).reshape(len(known), len(labels))
    return Head(
        tuple(labels),
        4,
        np.array([int(NONE) >> 28], np.uint32),
        np.zeros((2, len(labels) + 1), np.float32),
        np.array(bias, np.float32),
        temperature,
        tuple(known),
        rows,
        {},
    )
