"""Why a ticket went where it went, in words: the codes of events and of reasons that are stored with tickets."""

from __future__ import annotations

from yinliu.language import Text
from yinliu.titles import Titles, titled
from yinliu.wording import signal, tier

_WORDS = {
    "topic": Text("话题 {}", "topic {}"),
    "city": Text("城市 {}", "city {}"),
    "intent": Text("意图 {}", "intent {}"),
    "tier": Text("进阶到{}", "one tier up: {}"),
    "priority": Text("优先级 {}", "priority {}"),
    "turn": Text("最久没有进新人的社群", "the community served longest ago"),
    "next_group": Text("前面的群已满，进下一个群", "the groups before are full: the next one"),
    "off_duty": Text("没有运营在班", "nobody is on shift"),
    "quota_used": Text("在班运营今天的名额已用完", "today's quota of those on shift is used"),
    "next_shift": Text("下次有人在班 {}", "somebody is on shift from {}"),
    "calendar": Text("{} 年放假安排未公布，按周一至周五算", "days off of {} are not known: Monday to Friday"),
    "queued_nobody_on_duty": Text("名额已留，等运营上班", "a seat is held; nobody is on duty"),
    "shift_began": Text("运营到班，分配", "an operator's shift began"),
    "open": Text("接收所有人", "open to everybody"),
    "full": Text("{} 已满", "{} is full"),
    "routed": Text("按规则分配", "routed by the rules"),
    "all_full": Text("合适的社群都已满", "all fitting communities are full"),
    "seat_freed": Text("有名额空出", "a seat was freed"),
    "instead_of": Text("{} 一直没有名额，改进有名额的社群", "{} had no seat, this community has one"),
    "community_gone": Text(
        "原来等的社群已不在规则里，重新分配", "the community is not in the rules any more: routed anew"
    ),
    "late": Text("超过处理时限", "not answered in time"),
    "late_to": Text("超过处理时限，转给{}", "not answered in time: now {}'s"),
    "late_wait": Text("超过处理时限，等其他运营到班（{}）", "not answered in time: waits for another operator ({})"),
    "stayed": Text("在群满期", "stayed long enough"),
    "claimed": Text("领取", "claimed"),
    "given_back": Text("放回：{}", "given back: {}"),
    "attempt_failed": Text("放回（第 {} 次未成功）：{}", "given back (attempt {} failed): {}"),
    "taken_back": Text("登记有误，撤回：{}", "noted by mistake, taken back: {}"),
    "attempts_used": Text("尝试 {} 次都失败：{}", "{} attempts failed: {}"),
    "sent_by_hub": Text("已由程序邀请", "invited by the hub"),
    "found": Text("在社群平台查明", "found at the hub"),
    "already_joined": Text("已在群里", "is a member already"),
    "suppressed": Text("对方要求不再联系", "asked not to be contacted"),
    "send_unknown": Text("不知是否已邀请，请人工核实", "perhaps invited: please look"),
    "seen_joined": Text("在群里看到", "seen in the room"),
    "seen_left": Text("已离开群", "left the room"),
    "seen_declined": Text("谢绝了邀请", "declined the invitation"),
    "rate_limited": Text("平台要求放慢", "the hub asked to slow down"),
    "unreachable": Text("社群平台连不上", "the hub cannot be reached"),
    "token_refused": Text("访问令牌失效", "the token is not accepted"),
    "out_of_time": Text("时间不够，下次再发", "not enough time left"),
    "merged": Text("与另一条线索是同一个人", "the same person as another lead"),
    "unmerged": Text("合并已撤销，继续跟进", "the merge was undone: it goes on"),
    "opt_out": Text("对方要求不再联系", "asked not to be contacted"),
    "credited": Text("计入口令 {}", "credited to the code {}"),
    "uncredited": Text("不再计入口令 {}", "not credited to the code {} any more"),
    "untouched": Text("长时间没有进展", "nobody moved it"),
}
"""What follows the colon of a code (twice, of ``attempts_used:3:timeout``) stands in the braces."""
_COMMUNITIES = ("full", "instead_of")
_TWO_PARTS = ("attempts_used", "attempt_failed")
_WRITTEN = ("given_back", "taken_back")
"""What follows is what an operator wrote, or another code."""


def reason(code: str, titles: Titles | None = None) -> Text:
    """The words of a code (``topic:camping``, ``city:杭州``, ``open:welcome``, ``full:camping``).

    ``titles``: what the team calls its topics, intents and communities in Chinese.
    """
    kind, _, name = code.partition(":")
    words = _WORDS.get(kind)
    if words is None:
        return Text(code, code)
    if kind in _TWO_PARTS:
        number, _, last = name.partition(":")
        why = _why(last)
        return Text(words.zh.format(number, why.zh), words.en.format(number, why.en))
    if kind in _WRITTEN:
        return _written(words, _why(name))
    shown = _shown(kind, name, titles or {})
    return Text(words.zh.format(shown.zh), words.en.format(shown.en))


def _written(words: Text, why: Text) -> Text:
    """Words with what was written after their colon; without it where nothing was."""
    return Text(words.zh.format(why.zh).rstrip("："), words.en.format(why.en).rstrip(": "))


def _why(code: str) -> Text:
    """The words of a code that another one ends with; what it says where it is none, as what an operator wrote."""
    words = _WORDS.get(code)
    return Text(code, code) if words is None or "{}" in words.zh else words


def _shown(kind: str, name: str, titles: Titles) -> Text:
    if kind == "intent":
        known = signal(name)
        return Text(titles.get(f"intent:{name}", known.zh), known.en)
    if kind == "tier":
        return tier(name)
    return titled(titles, "community" if kind in _COMMUNITIES else kind, name)
