"""Somebody asks not to be contacted (别联系我, 退订, TD, don't contact me): built in, the same for every team.

Whoever says it is never contacted again, so a rule is here only where little else can be meant. What limits it (a time
of day, another way to be reached, somebody else, an order that is cancelled) makes it no opt-out. There are more ways
to say it than rules: the shipped head ``opt_out`` reads those, and is believed from :data:`SURE` on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache

from nlp.rulebook import Rule, Rulebook
from nlp.rules import Pattern
from nlp.tags import Evidence, Tag

LABEL = "opt_out"
"""The guard's name, the head's, and its label."""
SURE = 0.5
"""The head's probability from which on a text is an opt-out (docs/quality.md tells what is found and what is not)."""
LONGEST = 120
"""Characters of a text that the head may decide alone: it has learnt from short ones, as opt-outs are."""

_OWNER = "optout"
_CODE = "1"
"""Raised when the code below would tell the same text otherwise by the same expressions."""
_END = r"(?=\Z|[^\w]|了|啦|啊|呀|吧|哈|喔|哦|谢谢|好吗|好不好|行吗|行不行|可以吗|拜托|ok)"
_BEFORE = r"(?:(?<![的就是])|(?<=真的)|(?<=就是))"
"""不诚心的别联系我, 没货就别联系我: said to others, or under a condition."""
_NO = r"(?:别|不要|勿|甭|莫|不许|不准|禁止|停止)"
_MORE = r"(?:再|来|老|总|总是|一直|天天|随便|继续|反复){0,3}"
_SAID = r"(?:消息|信息|短信|私信|广告|推送|微信|邮件|彩信|营销|推广|链接|东西)"
_CLAUSE = (
    r"(?:\A|(?<=[\s,.!?;:~。、…])|(?<=请)|(?<=麻烦)|(?<=你们)|(?<=以后)|(?<=拜托)|(?<=求你)|(?<=都说了)|(?<=贵公司))"
)
_POLITE = r"(?:请|麻烦|拜托|谢谢|我要|我想|我申请|帮我|给我|把我|申请|直接|立即|马上|[\s,.!~。、]){0,4}"
_THANKS = r"(?:了|吧|啊|掉|下|一下|谢谢|thanks|thx|拜托|[\s,.!~。、…]){0,5}"

_RULES = {
    "contact-me": rf"{_BEFORE}{_NO}{_MORE}(?:联系|骚扰|打扰|私信|私聊|电话联系|打电话骚扰)我们?{_END}",
    "find-me": rf"{_BEFORE}{_NO}再(?:来|跑来)?找我们?{_END}",
    "contact": rf"{_CLAUSE}(?:别|不要|勿|请勿)再(?:来)?(?:联系|骚扰|打扰|私信)(?:了|啦){{0,1}}(?=\Z|[^\w]|谢谢)",
    "send-me": rf"{_BEFORE}{_NO}{_MORE}(?:给|往|跟|向)我{_MORE}(?:的?(?:手机|微信|邮箱|私信))?(?:里)?"
    rf"(?:发|推|推送|发送|寄)(?:送|来|这些|这种|那些|什么|任何|你们的?){{0,2}}{_SAID}",
    "send": rf"{_CLAUSE}(?:别|不要|停止)再?(?:群)?(?:发|发送|推送)(?:消息|信息|短信|私信)(?:给我|来|过来|了"
    rf"|啦){{0,2}}(?=\Z|[^\w]|谢谢)",
    "call-me": rf"{_BEFORE}{_NO}{_MORE}(?:给我们?{_MORE}打{_MORE}电话|打我们?的?(?:电话|手机)|打电话(?:给我"
    rf"|骚扰我?|推销)"
    rf"|(?<=再)打(?:电话|过来)(?:来|过来)?)(?:了|啦)?{_END}",
    "add-me": rf"{_BEFORE}{_NO}{_MORE}加我(?:微信|好友|wx|vx|v|qq)?{_END}",
    "sales": rf"{_CLAUSE}(?:请勿|谢绝|拒绝|不接受|停止)(?:任何|一切|所有|电话|微信|私信){{0,2}}"
    rf"(?:打扰|骚扰|推销|营销|私信|来电|致电|联系)(?:电话|信息|短信)?(?=\Z|[^\w]|谢谢)",
    "no-wish": r"(?:不想|不愿意|不希望)再?(?:被|收到|接到|看到)(?:你们|贵公司|任何|这种|这类|这些|这样|的|家){0,4}"
    r"(?:联系|打扰|骚扰|消息|短信|电话|推送|广告|私信|推销|邮件|信息)(?=\Z|[^\w]|了|啦)",
    "no-more": rf"(?:以后|今后|再也)(?:都|也)?(?:不用|不必|无需|不需要)(?:你们)?再?(?:联系|打扰|给我打电话"
    rf"|给我发消息)(?:我们?)?{_END}",
    "threat": r"再(?:给我|来|敢|往我)?(?:打电话|打来|打过来|发消息|发短信|发私信|发广告|发微信|发我|联系我?"
    r"|骚扰我?|私信我?|打扰我?)"
    r"[^\n。;]{0,8}?(?:拉黑|举报|投诉|报警|起诉)",
    "forget-me": r"(?:请|麻烦|帮我|帮忙|立即|立刻|马上|要求|申请|尽快|希望)(?:你们|贵公司|把)?"
    rf"(?:删除|删掉|清除|移除|抹掉)(?:一下)?我的?(?:所有|全部|个人){{0,2}}(?:联系方式|电话号码|电话|手机号码|手机号|微信号?|号码|资料|信息|数据){_END}",
    "off-the-list": r"把我的?(?:联系方式|电话号码|电话|手机号|微信|号码|名字|信息|资料)?从(?:你们|贵公司|的|客户"
    r"|这个|营销|推送|群发|联系|短信){0,4}"
    r"(?:名单|列表|名册|通讯录|数据库|系统|库)(?:里|中|上|里面)?(?:给)?(?:删|移|去|拿|剔|划)",
    "unsubscribe": rf"\A{_POLITE}(?:全部|所有)?(?:退订|取消订阅|不再订阅)(?:所有|一切|全部|你们的?|营销|推广){{0,3}}"
    rf"(?:短信|消息|推送|广告|通知|邮件|私信)?{_THANKS}\Z",
    "unsubscribe-news": r"(?:我要|我想|请|帮我|给我|请帮我|麻烦)(?:退订|取消订阅|取消)(?:所有|一切|全部|你们的?"
    r"|这些|这个|营销|推广){0,3}"
    r"(?:短信|推送消息|消息推送|推送|广告|营销信息|邮件)(?=\Z|[^\w]|吧|谢谢|了)",
    "code": r"\A\s{0,3}(?:回复?)?[\s:]{0,2}(?:td|t\s?退订|td\s?退订|(?<=回)t|(?<=复)t|退订\s?td?)[\s.!。~]{0,5}\Z",
    "block": rf"\A{_POLITE}(?:已|已经|果断|直接|统统|必须|一律)?拉黑(?:举报|你们|你|贵公司|加举报|并举报|处理|不谢"
    rf"|删除){{0,2}}{_THANKS}\Z",
    "english": r"(?<![a-z])(?:do\s?n[o'’]?t|do not|stop|never|quit)\s(?:ever\s|you ever\s|you dare\s)?"
    r"(?:contact|contacting|call|calling|text|texting|message|messaging|e-?mail|e-?mailing|dm|dming|spam|spamming"
    r"|bother|bothering|"
    r"pm|pming|harassing|harass)\s(?:me|us)(?=\s?(?:\Z|[^\w\s]|again|any\s?more|ever|please|pls|thank|ok))",
    "english-list": r"(?<![a-z])(?:remove|delete|take|unsubscribe)\s(?:me|us|my (?:phone )?(?:number|name|e-?mail"
    r"|contacts?|info|information|details|data))"
    r"\s(?:from|off)\s(?:your|the|this|all)\s",
    "english-word": r"\A[\s.!]{0,3}(?:please\s|pls\s|i want to\s|i would like to\s)?(?:unsubscribe(?:\sme)?"
    r"|opt\s?-?out|opt me out|leave me alone)"
    r"(?:\s(?:please|pls|thanks|thank you|now))?[\s.!。~]{0,5}\Z",
}  # fmt: skip

_CLAUSE_VETOES = (
    r"(?:晚上|早上|白天|上午|中午|下午|夜里|半夜|凌晨|周末|工作日|上班|下班|开会|睡觉|午休|休息|点以?[前后]|先别"
    r"|先不要|暂时|今[天晚]|明天|现在|这会|这几天|这周)",
    r"(?:他|她|它|前任|前男友|前女友|男朋友|女朋友|老公|老婆|婆婆|房东|老板|领导|同事|同学|甲方|亲戚|邻居|朋友"
    r"|粉丝|路人)",
    r"(?:快递|外卖|骑手|司机|派送|配送|备注|放门口|驿站|送货|送餐)",
    r"(?:骗子|中介|微商|代购|黄牛|同行|卖保险|做广告|贷款|非诚|小白|熊孩子|喷子|杠精|键盘侠)",
    r"(?:如果|要是|除非|没事|没货|没有事|不买|不诚心|不然|否则|万一|假如|无聊)",
    r"(?:怎么|如何|为啥要|为什么要|教程|方法|什么意思|有没有人|求问|请问|是否|能退订|能不能退)",
    r"(?:歌词|台词|剧情|剧里|小说|电影|梗|段子|文案|标题|短信里|上面写|写着|说明书|公告)",
    r"(?:宝宝|孩子|猫|狗|主子)",
    r"(?:不是|没有?)说(?![过了])",
)  # fmt: skip
"""In the clause where it is said: a time, somebody else, a delivery, a condition, a question how, a quotation."""
_OTHERS = (
    r"(?:中介|广告党?|同行|代理|微商|骗子|黄牛|男生|男的"
    r"|(?<!你们)(?<!你)(?:卖|做|推销|搞|刷|拉|要|想)[^\s,.!?;。、]{0,6}的)(?:请|都|一律)?(?:勿扰|勿|别|不要|莫)"
)
"""Said to others, as in an advert of one's own."""
_UNLESS = r"(?:没有?|不是|不包|低于|超过|如果|要是|涨价)[^\s,.!?;。、]{1,8}就(?:别|不要|不用|勿)"
"""Under a condition."""
_LIMITS = (*_CLAUSE_VETOES, _OTHERS, _UNLESS)
_TEXT_VETOES = (
    r"(?:(?<!申)请|可以|直接|尽快|赶紧|快|麻烦|欢迎|随时|早点|有空|到时|有货|有活动|上新|记得|务必|一定|需要|等你们?"
    r"|改成|换成|还是)"
    r"(?:再|来)?(?:联系|私信?|加|通知|滴滴|call|踢|喊|叫|回复|告诉)(?:一?下)?我",
    r"(?<![别再要])(?:发|用|走|加|改|换)(?:个|我|一下)?(?:微信|短信|邮件|邮箱|私信|消息|qq|v信|文字)(?:联系|沟通|聊|说|即可"
    r"|就行|就好|就可以|吧|给我|我)",
    r"(?:微信|短信|邮件|私信|电话|qq|文字|站内信|评论区)(?:上|里)?(?:联系|沟通|聊|说|回复?)(?:我|就行|就好|即可"
    r"|就可以|吧)",
    r"(?:邮箱|邮件|微信|短信)(?:就行|就好|即可|就可以)",
    r"(?:联系|找|加|私信)我(?:的)?(?:朋友|老公|老婆|爸|妈|同事|家人|助理|客服|女儿|儿子|另一个|小号|大号)",
    r"(?:text|e-?mail|message|call|dm|contact) me (?:instead|when|if|at|on|as soon)",
    r"(?:e-?mail|text|message|dm|wechat) (?:is|would be) (?:fine|better|ok)",
)  # fmt: skip
"""Anywhere else in the text: they want to be reached, another way or later."""

_MARK = "\n"
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("【", "】"))
_CLAUSE_END = re.compile(r"[,.!?;~。、…\n]")


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, as a rulebook takes them."""
    patterns = (Pattern(id="x", pattern=expression) for expression in _RULES.values())
    made = (Rule.of(pattern, owner=_OWNER) for pattern in patterns)
    return tuple(
        Rule(f"{_OWNER}:{name}", _OWNER, 1.0, rule.expression, rule.literals)
        for name, rule in zip(_RULES, made, strict=True)
    )


@cache
def rulebook() -> Rulebook:
    """The rules over a batch; found in a text they are still to be looked at by :func:`opt_out_tag`."""
    return Rulebook(rules())


def ingredients() -> dict[str, list[str]]:
    """Each rule's expression and a digest of whatever limits it: only where one is found can a text have an opt-out."""
    limits = "\n".join((_CODE, *_LIMITS, *_TEXT_VETOES))
    digest = hashlib.sha256(limits.encode("utf-8")).hexdigest()[:12]
    return {rule.id: [rule.expression.pattern, digest] for rule in rules()}


def opt_out_tag(text: str) -> Tag | None:
    """The guard of a comparable text (:func:`nlp.normal.comparable`) whose writer asks not to be contacted."""
    found = list(_found(text))
    if not found or wants_contact(_without(text, found)):
        return None
    said = [one for one in found if not _limited(text, one)]
    return Tag("guard", LABEL, 1.0, tuple(said)) if said else None


def _found(text: str) -> Iterator[Evidence]:
    for rule in rules():
        match = rule.expression.search(text)
        if match:
            yield Evidence(*match.span(), rule.id, 1.0)


def _without(text: str, found: list[Evidence]) -> str:
    """The text with breaks where something was found."""
    parts, at = [], 0
    for one in sorted(found, key=lambda one: one.start):
        parts.append(text[at : one.start])
        at = max(at, one.end)
    return _MARK.join((*parts, text[at:]))


def _clause(text: str, start: int, end: int) -> str:
    """From the sign before a place to the sign behind it."""
    before = max((match.end() for match in _CLAUSE_END.finditer(text, max(0, start - _NEAR), start)), default=0)
    behind = _CLAUSE_END.search(text, end, end + _NEAR)
    return text[max(before, start - _NEAR) : behind.start() if behind else end + _NEAR]


_NEAR = 40
"""Characters around a place that can limit what is said there."""


def _quoted(text: str, start: int) -> bool:
    """Whether a quotation that is not closed begins before a place."""
    before = text[max(0, start - _NEAR) : start]
    return before.count('"') % 2 == 1 or any(before.rfind(one) > before.rfind(other) for one, other in _QUOTES)


def _limited(text: str, said: Evidence) -> bool:
    clause = _clause(text, said.start, said.end)
    return _quoted(text, said.start) or _any(_LIMITS).search(clause) is not None


def limited(text: str) -> bool:
    """Whether a comparable text says it only so far: at a time, to others, under a condition, in a quotation."""
    return _any((_OTHERS, _UNLESS)).search(text) is not None or any(_limited(text, one) for one in _found(text))


def wants_contact(text: str) -> bool:
    """Whether a comparable text asks to be contacted, another way or later, whatever else it refuses."""
    return _any(_TEXT_VETOES).search(text) is not None


@cache
def _any(expressions: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(expressions))
