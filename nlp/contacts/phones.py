"""Phone numbers, however their digits are written and whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlp.contacts.glyphs import PICTURES, UNSEEN
from nlp.contacts.numbering import is_mobile
from nlp.contacts.views import Views
from nlp.tags import Contact

_LENGTH = 11
_CANDIDATE = re.compile(r"(?=(1[^0-9]{0,9}[3-9](?:[^0-9]{0,9}[0-9]){9}))")
_GROUP = re.compile(r"[0-9]+")
_CUE_BEFORE = re.compile(
    r"电话|手机|联系|致电|热线|座机|☎|tel|phone|call|mobile|打|[微薇威徽维卫][信❤心号星]|(?:^|[^a-z])[vw]x?(?:[^a-z]|$)"
    r"|号码|咨询|私我|加我|dd|短信|滴|同步|同号|whatsapp|\x03|🛰|💚|绿|[微薇]|\+|订房|预约|订座|报名"
)
_CUE_AFTER = re.compile(r"[^0-9a-z]{0,3}(?:[微薇威v\x03]|同号|电话|手机|wx|(?:随时)?联系|随时|来电|备注|拉你|欢迎)")
_NO_PHONE = re.compile(
    r"(?:订单|单号|编号|货号|型号|条码|运单|快递|工单|流水|学号|卡号|身份证|证号|房号|车牌|编码|序列|isbn|uid|(?:^|[^a-z])[abc]v)"
    r"[^0-9]{0,4}$"
)
_GLUED = re.compile(
    r"(?:^|[^a-z0-9?&/])(?:tel|phone|mobile|call|v|v[. ]?x|w[. ]?x|w|wechat|weixin|qq|q|dd|id|sms|whatsapp|ph)\x01*=?$"
)
_COUNTRY = re.compile(r"(?:^|[^0-9])\(?(?:\+|00)?86\)?[ \-\x01]{0,2}\(?$")
_JOINED = re.compile(r"(?:[0-9][ \x01]?[-./:=_*~]|[a-z0-9]=|[/_#.a-z])\x01*$")
_LETTER_NEXT = re.compile(r"\x01*(?:[0-9@_]|(?!v|wx|[vw](?![a-z]))[a-z]|[-./:][0-9])")
_AMOUNT = re.compile(r"\x01*(?: ?(?:元|块|亿|美金|rmb|¥|韩元|日元|盾|越南盾|km|kg)|[人万年个])")
_UNIT = re.compile(r"[年月日号点分秒时元块米斤人天次岁级万千百十亿楼层室栋期集章页名%℃度寸折米克倍集件只条位个¥$到至]")
_SIGN = re.compile(r"[^0-9a-z\u3400-\u9fff]*")
_LIST = frozenset((",", "、", "/", "|", ":", "~", "*", "+", ";"))
_USUAL = {(3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (3, 4, 2, 2), (3, 2, 2, 4), (3, 2, 2, 2, 2)}
_NEVER_IN_NUMBERS = PICTURES + "·…"
_NEAR = 14


def find_phones(views: Views) -> Iterator[Contact]:
    """Mobile numbers in digits and Chinese numerals, with or without something between the digits."""
    line, end = views.digits, 0
    for found in _CANDIDATE.finditer(line):
        start = found.start()
        if start < end:
            continue
        stop = found.end(1)
        rule = _judge(views, start, stop)
        if rule:
            end = _past_strokes(line, stop)
            yield Contact("phone", "".join(_GROUP.findall(line, start, stop)), start, end, rule)


def _past_strokes(line: str, stop: int) -> int:
    while stop < len(line) and line[stop] == UNSEEN:
        stop += 1
    return stop


def _judge(views: Views, start: int, stop: int) -> str | None:
    """The rule by which these eleven digits are a phone number, if they are."""
    line = views.digits
    groups = _GROUP.findall(line, start, stop)
    if not is_mobile("".join(groups)):
        return None
    gaps = [gap.replace(UNSEEN, "") for gap in _GROUP.split(line[start:stop])[1:-1]]
    between = [gap for gap in gaps if gap]
    if not _stands_alone(views, start, stop) or _NO_PHONE.search(views.before(start, _NEAR)):
        return None
    if not between:
        return None if _AMOUNT.match(line, stop) or _is_laughter(views.plain[start:stop]) else "phone"
    sizes = _sizes(groups, gaps)
    cued = bool(_CUE_BEFORE.search(views.before(start, _NEAR)) or _CUE_AFTER.match(views.plain, stop))
    if _goes_on(line, stop, between[-1]):
        return None
    if all(_SIGN.fullmatch(gap) for gap in between):
        return "phone-split" if _may_split(sizes, between, cued=cued) else None
    return "phone-words" if _may_fill(sizes, between, cued=cued) else None


def _is_laughter(written: str) -> bool:
    """Chinese numerals, nearly all the same."""
    return not any(map(str.isdigit, written)) and len(set(written)) <= len("一八")


def _stands_alone(views: Views, start: int, stop: int) -> bool:
    """Nothing glued to it that makes it part of a longer number, a word or an address."""
    before = views.digits[max(0, start - _NEAR) : start]
    if _LETTER_NEXT.match(views.digits, stop):
        return False
    if before.rstrip(UNSEEN)[-1:].isdigit() or _JOINED.search(before):
        return bool(_COUNTRY.search(before) or _GLUED.search(before))
    return True


def _goes_on(line: str, stop: int, gap: str) -> bool:
    """The same gap and one more digit: a longer list of numbers."""
    return line.startswith(gap, stop) and line[stop + len(gap) : stop + len(gap) + 1].isdigit()


def _sizes(groups: list[str], gaps: list[str]) -> list[str]:
    """The groups that a reader sees: what is parted only by a stroke belongs together."""
    seen = groups[:1]
    for group, gap in zip(groups[1:], gaps, strict=True):
        if gap:
            seen.append(group)
        else:
            seen[-1] += group
    return seen


def _may_split(groups: list[str], gaps: list[str], *, cued: bool) -> bool:
    """Digits parted by signs: the usual shapes, or any shape with a picture between or a cue nearby."""
    shape, same = tuple(map(len, groups)), len(set(gaps)) == 1
    if len(groups) == _LENGTH:
        return same or cued
    if same and any(sign in _NEVER_IN_NUMBERS for sign in gaps[0]):
        return True
    if _is_address(groups, gaps) or (":" in "".join(gaps) and shape != (3, 4, 4)):
        return False
    return cued or _looks_usual(groups, shape, gaps, same=same)


def _looks_usual(groups: list[str], shape: tuple[int, ...], gaps: list[str], *, same: bool) -> bool:
    """Without a cue: no list of growing numbers, no year, no decimal."""
    grows = all(int(one) < int(two) for one, two in pairwise(groups))
    if shape == (3, 4, 4):
        prices = grows and all(group.endswith("00") for group in groups[1:])
        return not prices and (same or not _LIST.intersection("".join(gaps)))
    zero = any(group[0] == "0" for group in groups[1:])
    if not same or gaps[0].strip() in _LIST or (gaps[0] == "." and len(groups) == len("ab")):
        return False
    return (shape in _USUAL and not grows and shape[0] != len("1999")) or (zero and len(groups) <= len(_USUAL))


def _is_address(groups: list[str], gaps: list[str]) -> bool:
    """An IPv4 address."""
    parts = len(groups) == len(["a", "b", "c"]) + 1 and set(gaps) == {"."}
    return parts and all(str(int(group)) == group and int(group) < 256 for group in groups)  # noqa: PLR2004


def _may_fill(groups: list[str], gaps: list[str], *, cued: bool) -> bool:
    """Digits parted by words: always the same word, or the usual shape and a cue; never units."""
    if any(_UNIT.search(gap) for gap in gaps):
        return False
    shape = tuple(map(len, groups))
    if len(set(gaps)) == 1 and len(gaps) > 1:
        return cued or shape in _USUAL or len(gaps[0]) == 1 or len(gaps) > len("ab")
    return cued and shape in _USUAL
