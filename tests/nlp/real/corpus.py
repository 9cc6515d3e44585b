"""The real texts beside the repository, and a team whose words occur in them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

from nlp.bundle import Bundle, Spec
from nlp.heads.store import load
from nlp.rules import Topics, Words
from nlp.segmenter import Engine
from yinliu.understanding import HEADS, shipped
from yinliu.workspace.folder import Workspace

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "nlp"

FILES = tuple(sorted(path.stem for path in DATA.glob("*.tsv")))
"""Their files, by name; none where they are absent."""

_LONGEST_LINE = 300
_A_FILE = 2_000
_TOPICS = {
    "travel": ["旅行", "旅游", "酒店", "机票", "海岛", "火车站"],
    "digital": ["手机", "电脑", "屏幕", "笔记本", "手机壳", "win10"],
    "food": ["好吃", "外卖", "水果", "火锅", "味道"],
    "driving": ["司机", "打车", "出租车", "无人驾驶"],
    "money": ["股票", "基金", "人民币", "a股"],
}
_WORDS = {
    "brands": [{"name": "华为", "also": ["HUAWEI"]}, {"name": "联想", "also": ["Lenovo", "thinkpad"]}],
    "products": [{"name": "iPhone", "also": ["苹果手机"]}, {"name": "蒙牛"}],
    "competitors": [{"name": "小米"}, {"name": "携程", "also": ["ctrip"]}],
    "keywords": ["包邮", "快递", "客服", "性价比", "发货", "跟团", "自由行", "世界杯"],
}
_PLACES = ("北京", "上海", "广州", "深圳", "杭州", "武汉", "成都", "雅加达")


def texts_of(name: str) -> list[str]:
    """The texts of a file, without labels."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    return [line.rpartition("\t")[2] for line in lines if line]


@lru_cache(maxsize=1)
def sample() -> list[str]:
    """Texts of every file (:data:`_A_FILE` of each at most), in an order that is always the same."""
    parts = (texts_of(name) for name in FILES)
    texts = [text for part in parts for text in part[:: max(1, len(part) // _A_FILE)][:_A_FILE]]
    Random(7).shuffle(texts)
    return texts


def long_texts() -> list[str]:
    """A hundred long texts as they are, and five of twenty notes each, longer than a segmenter reads at once."""
    notes = texts_of("xhs_travel_notes")
    alone = [text for text in texts_of("online_shopping_10_cats") if len(text) > _LONGEST_LINE][:100]
    return [*alone, *("\n\n".join(notes[start : start + 20]) for start in range(0, 100, 20))]


def words_of(workspace: Workspace) -> tuple[Topics, Words]:
    """The starter's topics and the team's, and its words."""
    made = [{"name": name, "title": name, "words": words} for name, words in _TOPICS.items()]
    known = workspace.topics.model_dump()
    return Topics.model_validate({**known, "topics": [*known["topics"], *made]}), Words.model_validate(_WORDS)


def team_of(workspace: Workspace, *, engine: Engine = "rjieba") -> Bundle:
    """The team's bundle: the starter's rules, our heads, its own topics, brands, words and cities."""
    topics, words = words_of(workspace)
    folders = {name: shipped(name) for name in HEADS}
    heads = {name: load(folder) for name, folder in folders.items() if folder is not None}
    topics = topics.model_copy(update={"segmenter": engine})
    return Bundle(Spec(topics=topics, intents=workspace.intents, words=words, places=_PLACES), heads)
