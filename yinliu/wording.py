"""The words of states, signals and counts, as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from yinliu.language import Text, chosen

_STATES = {
    "queued": Text("待分配", "queued"),
    "assigned": Text("已分配", "assigned"),
    "invited": Text("已邀约", "invited"),
    "added": Text("已加好友", "added"),
    "joined": Text("已进群", "joined"),
    "retained": Text("留存7日", "retained"),
    "left": Text("已退群", "left"),
    "lost": Text("已流失", "lost"),
    "expired": Text("已过期", "expired"),
    "opted_out": Text("已拒绝", "opted out"),
    "blocked_full": Text("社群已满", "waiting: all full"),
}

_OTHER_WORDS = {
    "已入群": "joined",
    "进群": "joined",
    "入群": "joined",
    "已加微信": "added",
    "已邀请": "invited",
    "退群": "left",
    "已退订": "opted_out",
}
"""What operators also call a state."""

_SIGNALS = {
    "contact_left": Text("留下联系方式", "left a contact"),
    "purchase_intent": Text("购买意向", "wants to buy"),
    "price_inquiry": Text("询问价格", "asks the price"),
    "how_to_join": Text("想要加入", "wants to join"),
    "product_question": Text("咨询产品", "asks about the product"),
    "topic_fit": Text("话题契合社群", "a community's topic"),
    "engagement": Text("留言有人回应", "somebody answered them"),
    "repeat": Text("多次留言", "came back"),
    "praise": Text("好评", "praise"),
    "after_sales_complaint": Text("售后与投诉", "complaint"),
    "spam_ad": Text("广告", "advert"),
    "colleague": Text("团队成员", "colleague"),
    "competitor": Text("同行", "somebody of the trade"),
    "chat_other": Text("闲聊", "chat"),
}

_TIERS = {
    "open": Text("开放群", "open group"),
    "paid": Text("付费群", "paid group"),
    "members": Text("会员群", "members' group"),
}

_COUNTS = {
    "files": Text("落地文件", "landing files"),
    "inputs": Text("输入", "inputs"),
    "stored": Text("入库", "stored"),
    "quarantined": Text("隔离", "quarantined"),
    "new": Text("新增", "new"),
    "changed": Text("更新", "changed"),
    "same": Text("未变", "unchanged"),
    "untied": Text("待关联", "untied"),
    "post": Text("文章", "posts"),
    "posts": Text("文章", "posts"),
    "comment": Text("评论", "comments"),
    "comments": Text("评论", "comments"),
    "metric": Text("指标", "counters"),
    "problem": Text("问题", "problems"),
    "visit": Text("回访页", "visited pages"),
    "gone": Text("已删除", "deleted"),
    "tags": Text("标签", "tags"),
    "contacts": Text("联系方式", "contacts"),
    "kept": Text("沿用", "kept"),
    "signals": Text("信号", "signals"),
    "persons": Text("新增人", "new persons"),
    "leads": Text("线索", "leads"),
    "qualified": Text("合格", "qualified"),
    "scored": Text("评分", "scored"),
    "tickets": Text("工单", "tickets"),
    "blocked_full": Text("社群已满", "all full"),
    "unmatched": Text("无匹配社群", "no community"),
    "drained": Text("补位", "drained"),
    "given": Text("到班分配", "taken over"),
    "queued": Text("待分配", "queued"),
    "sent": Text("已导出", "sent"),
    "resumed": Text("补发批次", "batches resumed"),
    "late": Text("超时", "late"),
    "retained": Text("留存", "retained"),
    "invited": Text("已邀约", "invited"),
    "already": Text("已在群里或已被邀请", "there already"),
    "found": Text("查明已送达", "found sent"),
    "refused": Text("被拒", "refused"),
    "failed": Text("未送达，待重试", "not sent, tried again"),
    "unknown": Text("结果未知，待核实", "unknown yet"),
    "parked": Text("转人工", "for a person"),
    "suppressed": Text("已拒绝联系", "not to be contacted"),
    "by_hand": Text("需人工邀约", "to be invited by hand"),
    "members": Text("群成员", "members"),
    "joined": Text("进群", "joined"),
    "left": Text("退群", "left"),
    "declined": Text("谢绝邀请", "declined"),
    "busy": Text("处理中，下次再看", "in work, left for later"),
    "strangers": Text("非工单成员", "members without a ticket"),
    "expired": Text("过期", "expired"),
}


def state(name: str) -> Text:
    """A ticket's state."""
    return _STATES.get(name, Text(name, name))


def state_named(text: str) -> str:
    """The state that a person means by its name or its Chinese title; what they wrote where it is neither."""
    plain = text.strip().lower()
    plain = _OTHER_WORDS.get(plain, plain)
    return next((name for name, title in _STATES.items() if plain in (name, title.zh)), text)


def guard(name: str) -> Text:
    """A guard that is built in; a team's own by its name."""
    return Text("要求不再联系", "asks not to be contacted") if name == "opt_out" else Text(name, name)


def known_by(how: str) -> Text:
    """How it is known whose account this is, or that two persons are one."""
    words = {
        "new": Text("账号", "account"),
        "contact": Text("按联系方式认出", "known by a contact they left"),
        "verified_id": Text("同一平台的同一账号", "the same account of one platform"),
        "operator": Text("人工确认", "an operator decided"),
    }
    return words.get(how, Text(how, how))


def signal(name: str) -> Text:
    """A kind of signal."""
    return _SIGNALS.get(name, Text(name, name))


def tier(name: str) -> Text:
    """A community's entry tier."""
    return _TIERS.get(name, Text(name, name))


def count(name: str) -> Text:
    """A count of a stage."""
    return _COUNTS.get(name, Text(name, name))


def listed(counts: Mapping[str, int]) -> str:
    """Counts in a row, each with its word."""
    separator = "，" if chosen() == "zh" else ", "
    return separator.join(f"{count(name)} {value}" for name, value in counts.items())
