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
    "drained": Text("候补转入", "drained"),
    "given": Text("上班接手", "taken over"),
    "queued": Text("待分配", "queued"),
    "sent": Text("已导出", "sent"),
    "resumed": Text("补发批次", "batches resumed"),
    "late": Text("超时", "late"),
    "expired": Text("过期", "expired"),
}


def state(name: str) -> Text:
    """A ticket's state."""
    return _STATES.get(name, Text(name, name))


def state_named(text: str) -> str:
    """The state that a person means by its name or its Chinese title; what they wrote where it is neither."""
    return next((name for name, title in _STATES.items() if text in (name, title.zh)), text)


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


def reason(code: str) -> Text:
    """Why a ticket went where it went (``topic:camping``, ``city:杭州``, ``open:welcome``, ``full:camping``)."""
    kind, _, name = code.partition(":")
    words = {
        "topic": Text(f"话题 {name}", f"topic {name}"),
        "city": Text(f"城市 {name}", f"city {name}"),
        "intent": Text(f"意图 {signal(name).zh}", f"intent {signal(name).en}"),
        "tier": Text(f"进阶到{tier(name).zh}", f"one tier up: {tier(name).en}"),
        "priority": Text(f"优先级 {name}", f"priority {name}"),
        "turn": Text("最久没有进新人的社群", "the community served longest ago"),
        "next_group": Text("前面的群已满，进下一个群", "the groups before are full: the next one"),
        "off_duty": Text("没有运营在班", "nobody is on shift"),
        "quota_used": Text("在班运营今天的名额已用完", "today's quota of those on shift is used"),
        "next_shift": Text(f"下次有人在班 {name}", f"somebody is on shift from {name}"),
        "calendar": Text(
            f"{name} 年放假安排未公布，按周一至周五算", f"days off of {name} are not known: Monday to Friday"
        ),
        "queued_nobody_on_duty": Text("名额已留，等运营上班", "a seat is held; nobody is on duty"),
        "shift_began": Text("运营上班，接手", "an operator's shift began"),
        "open": Text("接收所有人", "open to everybody"),
        "full": Text(f"{name} 已满", f"{name} is full"),
        "routed": Text("按规则分配", "routed by the rules"),
        "all_full": Text("合适的社群都已满", "all fitting communities are full"),
        "seat_freed": Text("有名额空出", "a seat was freed"),
        "late": Text("超过处理时限", "not answered in time"),
        "merged": Text("与另一条线索是同一个人", "the same person as another lead"),
        "credited": Text(f"计入口令 {name}", f"credited to the code {name}"),
        "untouched": Text("长时间没有进展", "nobody moved it"),
    }
    return words.get(kind, Text(code, code))
