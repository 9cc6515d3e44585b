"""What stages, platforms, counters and findings in a text are called, and the titles that a team gave its own."""

from __future__ import annotations

from collections.abc import Mapping

from yinliu.language import Text

Titles = Mapping[str, str]
"""The team's own titles by ``topic:NAME``, ``intent:NAME`` and ``community:NAME``."""

_STAGES = {
    "crawl": Text("采集", "crawl"),
    "load": Text("入库", "load"),
    "tag": Text("打标", "tag"),
    "qualify": Text("评分", "qualify"),
    "route": Text("分配", "route"),
    "export": Text("导出", "export"),
    "report": Text("周报", "report"),
    "deliver": Text("发布周报", "deliver"),
    "upkeep": Text("维护", "upkeep"),
    "invite": Text("自动邀约", "invite"),
    "observe": Text("查看进群", "observe"),
}
_PLATFORMS = {
    "wordpress": Text("WordPress", "wordpress"),
    "json": Text("JSON 接口", "json"),
    "page": Text("网页", "page"),
    "feed": Text("订阅源", "feed"),
    "file": Text("导出文件", "file"),
    "wechat_mp": Text("公众号", "wechat_mp"),
    "gongzhonghao": Text("公众号", "gongzhonghao"),
    "xiaohongshu": Text("小红书", "xiaohongshu"),
    "douyin": Text("抖音", "douyin"),
    "kuaishou": Text("快手", "kuaishou"),
    "bilibili": Text("B站", "bilibili"),
    "weibo": Text("微博", "weibo"),
    "shipinhao": Text("视频号", "shipinhao"),
    "tieba": Text("贴吧", "tieba"),
    "zhihu": Text("知乎", "zhihu"),
    "table": Text("自己整理的表格", "own table"),
}
_COUNTERS = {
    "views": Text("阅读/播放", "views"),
    "reads": Text("阅读", "reads"),
    "plays": Text("播放", "plays"),
    "likes": Text("点赞", "likes"),
    "comments": Text("评论", "comments"),
    "shares": Text("分享", "shares"),
    "favorites": Text("收藏", "favorites"),
    "collects": Text("收藏", "collects"),
    "reposts": Text("转发", "reposts"),
    "followers": Text("涨粉", "followers"),
    "coins": Text("投币", "coins"),
    "danmaku": Text("弹幕", "danmaku"),
}
_CONTACTS = {
    "phone": Text("手机", "phone"),
    "wechat": Text("微信", "wechat"),
    "qq": Text("QQ", "qq"),
    "email": Text("邮箱", "email"),
    "matrix": Text("Matrix", "matrix"),
}
_FINDINGS = {
    "topic": Text("话题", "topic"),
    "intent": Text("意图", "intent"),
    "guard": Text("排除", "guard"),
    "keyword": Text("关键词", "keyword"),
    "sentiment": Text("情绪", "sentiment"),
    "validity": Text("有效性", "validity"),
    "place": Text("地点", "place"),
    "people": Text("人数", "people"),
    "budget": Text("预算", "budget"),
    "date": Text("日期", "date"),
    "brand": Text("品牌", "brand"),
    "product": Text("产品", "product"),
    "competitor": Text("竞品", "competitor"),
}
ENTITIES = ("place", "people", "budget", "date", "brand", "product", "competitor")
"""Kinds of findings whose rules are named after them."""
_LABELS = {
    "positive": Text("正面", "positive"),
    "negative": Text("负面", "negative"),
    "neutral": Text("中性", "neutral"),
}


def _of(table: Mapping[str, Text], name: str) -> Text:
    return table.get(name, Text(name, name))


def stage(name: str) -> Text:
    """A stage."""
    return _of(_STAGES, name)


def platform(name: str) -> Text:
    """A kind of source."""
    return _of(_PLATFORMS, name)


def counter(name: str) -> Text:
    """A counter of a post; the platform's own name where it is not a common one."""
    return _of(_COUNTERS, name)


def contact(kind: str) -> Text:
    """A kind of contact."""
    return _of(_CONTACTS, kind)


def finding(kind: str) -> Text:
    """What was found in a text: a topic, an intent, a place."""
    return _of(_FINDINGS, kind)


def label(name: str) -> Text:
    """A label that is built in."""
    return _of(_LABELS, name)


def titled(titles: Titles, kind: str, name: str) -> Text:
    """A topic, intent or community by the team's title in Chinese, by its name in English."""
    return Text(titles.get(f"{kind}:{name}", name), name)
