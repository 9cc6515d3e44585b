"""Opting out in words: what suppresses somebody for good, and what sounds like it and must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import optout
from nlp.literals import required
from nlp.normal import comparable
from nlp.optout import LABEL, ingredients, opt_out_tag, rulebook, rules
from nlp.tags import Tag
from tests.nlp.teams import ANY_TEXT
from tests.patience import within

LEAVE_ME = (
    "别联系我",
    "别联系我了，谢谢",
    "请不要再联系我",
    "不要再联系",
    "麻烦以后别再联系了",
    "请勿联系我们",
    "退订",
    "退订！",
    "我要退订",
    "请帮我退订，谢谢",
    "退订所有短信",
    "请退订你们的营销短信",
    "取消订阅",
    "TD",
    "td",
    "ＴＤ",
    "回T退订",
    "回复TD",
    "T退订",
    "别再发消息",
    "别再发消息了",
    "不要再给我发广告了",
    "别给我发短信了",
    "停止给我发送推送消息",
    "別再給我發訊息了，別再给我发私信",
    "拉黑",
    "已拉黑",
    "拉黑了，谢谢",
    "再打电话我就投诉了",
    "再给我发消息直接拉黑举报",
    "别再给我打电话了",
    "不要打我电话",
    "不要再打电话过来了，烦死了",
    "昨天说过了,别再骚扰我",
    "我不是说过别联系我了吗",
    "真的别联系我了，求求了",
    "你们别再来骚扰我了行不行",
    "别再来找我了",
    "别加我微信",
    "谢绝推销",
    "拒绝骚扰",
    "请勿打扰！",
    "不想再收到你们的短信了",
    "不希望被打扰",
    "以后都不用联系我了",
    "请删除我的联系方式",
    "把我的电话从你们的名单里删掉",
    "能不能别再给我打电话了？",
    "unsubscribe",
    "Unsubscribe me please",
    "please unsubscribe",
    "Don't contact me",
    "don’t contact me again!",
    "Do not call me anymore.",
    "Stop texting me",
    "please stop messaging me, thanks",
    "never contact me again",
    "Remove me from your list please",
    "take my number off your system",
    "leave me alone",
    "opt out",
)
"""Each is suppressed at once."""

NOT_THAT = (
    "",
    "怎么退订会员价？",
    "退订单",
    "退订单要扣钱吗",
    "我想退订酒店",
    "退订民宿要手续费吗",
    "能退订吗",
    "怎么取消订阅会员啊",
    "取消订阅了，更新太慢",
    "顾客您好，店庆三天，回复TD退订",
    "别联系我朋友，联系我",
    "别联系我，联系我老公就行",
    "不要联系他",
    "别再联系前任了",
    "你和他不要再联系了",
    "我们不要再联系了",
    "怎么还不联系我",
    "一直没人联系我",
    "请联系我",
    "记得联系我，电话13900001111",
    "别忘了联系我",
    "不要忘记私信我哦",
    "别光私信我，评论区回我一下",
    "联系不上客服",
    "为什么不联系我",
    "不要联系不上我就取消订单",
    "晚上别给我打电话，白天可以",
    "上班时间不要打我电话",
    "别打电话给我，微信联系就行",
    "不要打电话，发微信给我就好",
    "先别联系我，等我想好",
    "暂时不要联系我",
    "快递别给我打电话，放门口就行",
    "备注了不要给我打电话还打",
    "先别给我发货",
    "不要给我发韵达",
    "别再发错货了",
    "再发错货我就投诉",
    "再不发货我就拉黑你们",
    "客服把我拉黑了",
    "卖家拉黑我",
    "这牌子拉黑",
    "拉黑了这家",
    "催一次拉黑一次",
    "客服删了我微信",
    "是谁删除了我的数据",
    "中介勿扰",
    "非诚勿扰",
    "不诚心的别联系我",
    "想加群，代理别加我",
    "卖课的别联系我了",
    "同行请勿打扰",
    "没有优惠就别给我发消息了",
    "我不是说别联系我，我是说晚点联系",
    "没货就别联系我了",
    "如果没有优惠就不要联系我",
    "出了事别找我",
    "别找我要链接",
    "不要打扰我睡觉",
    "房间挂了请勿打扰还来敲门",
    "门上写着“请勿打扰”还来敲门",
    '我对他们喊"你们再打电话我要报警了"，没用',
    "奶茶不要加我讨厌的珍珠",
    "怎么让他们别再给我打电话",
    "小说里女主说别再联系我",
    "TD-LTE是什么",
    "这款TD好用吗",
    "T",
    "好的T恤",
    "想买，多少钱？13912345678",
    "有没有人一起露营",
    "how do I unsubscribe from the newsletter?",
    "Don't call me crazy but I love it",
    "please contact me",
    "don't text me, call me instead",
    "stop by the shop, call me",
    "I can't stop thinking about it",
    "can you remove the stain",
)
"""None is: somebody else, a time, another way, a condition, an order, a question, a quotation."""


def said(text: str) -> Tag | None:
    """The tag of a text as it was written."""
    return opt_out_tag(comparable(text))


@pytest.mark.parametrize("text", LEAVE_ME)
def test_who_says_so_is_left_alone(text: str) -> None:
    """One guard of weight 1; every span lies in the text and names its rule."""
    tag = said(text)
    assert tag is not None
    assert (tag.kind, tag.label, tag.weight) == ("guard", LABEL, 1.0)
    for one in tag.evidence:
        assert 0 <= one.start < one.end <= len(text)
        assert one.rule.startswith("optout:")


@pytest.mark.parametrize("text", NOT_THAT)
def test_what_only_sounds_like_it_is_no_opt_out(text: str) -> None:
    """It would cost a lead for good."""
    assert said(text) is None


@pytest.mark.parametrize("text", LEAVE_ME)
@pytest.mark.parametrize("around", ["{}\n", "  {}", "{}。"])
def test_signs_around_it_change_nothing(text: str, around: str) -> None:
    """Spaces, line ends, a full stop."""
    assert said(around.format(text)) is not None


@given(st.sampled_from([*LEAVE_ME, *NOT_THAT]), st.sampled_from([*LEAVE_ME, *NOT_THAT]))
def test_where_no_rule_is_found_there_is_no_opt_out(one: str, other: str) -> None:
    """A bundle looks only at texts in which a rule of the book is found."""
    text = comparable(f"{one}，{other}")
    found = any(rule.expression.search(text) for rule in rulebook().rules)
    assert found or opt_out_tag(text) is None


@given(ANY_TEXT)
def test_no_text_breaks_it(text: str) -> None:
    """Whatever stands there."""
    tag = said(text)
    assert tag is None or tag.evidence


PIECES = (
    "别",
    "不要再",
    "请",
    "再给我",
    "退订",
    "td ",
    "don't ",
    "stop texting ",
    "拉黑",
    "打电话",
    "发",
    "删除我的",
    " ",
    "我",
    "从你们的",
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_takes_no_time(piece: str) -> None:
    """Nothing in the rules grows with the square of a text."""
    text = piece * (1_000_000 // len(piece))
    with within(10):
        opt_out_tag(text)


def test_every_rule_can_be_looked_for() -> None:
    """Each has characters that it cannot be found without: a batch is searched in one pass."""
    assert all(required(rule.expression.pattern) for rule in rules())


def test_ingredients_name_every_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is its expression and what limits it: whatever changes one of them changes a bundle's version."""
    before = ingredients()
    assert set(before) == {rule.id for rule in rules()}
    assert all(name.startswith("optout:") for name in before)
    monkeypatch.setattr(optout, "_TEXT_VETOES", optout._TEXT_VETOES[1:])
    assert all(before[name] != now for name, now in ingredients().items())
