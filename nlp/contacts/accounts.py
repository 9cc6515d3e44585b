"""WeChat ids and QQ numbers behind their many names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.contacts import cues
from nlp.contacts.spelling import Spelled, read_id, read_number
from nlp.contacts.views import Views
from nlp.tags import Contact

_WXID = re.compile(r"(?<![a-z0-9_-])wxid_[a-z0-9_-]{4,32}(?![a-z0-9_@-])")
_PRODUCT = re.compile(
    r"(?:android|iphone|ipad|ios|windows|harmony|huawei|xiaomi|redmi|oppo|vivo|samsung|macbook|rtx|gtx|galaxy|version|www"
    r"|https?|mini|pro|max|plus|app|web|pc|gps|bds)(?:pro|max|plus|air|mini|ultra|os|version)?(?![a-z])"
)
_WORDY = re.compile(r"[版端系客服手机的里和跟]")
_SATELLITE = re.compile(r"卫星|v我[1-9]0*$")
"""Before bare digits a satellite, or the joke of sending somebody 50."""
_TRIED = 24
"""Characters behind a lone ``v`` in which another one is not tried: a row of them is no cue."""
_LONGEST_WORD = 5
_GROUP_DIGITS = 6


def find_wechat(views: Views) -> Iterator[Contact]:
    """Ids and numbers behind a cue, ids that Tencent gave, and ids behind an invitation."""
    tried = 0
    for found in cues.wechat_cues(views.plain):
        if found["sure"] or found.start() >= tried:
            tried = found.start() + _TRIED
            yield from _behind_cue(views, found)
    if "wxid_" in views.plain:
        for found in _WXID.finditer(views.plain):
            yield Contact("wechat", views.kept[found.start() : found.end()], found.start(), found.end(), "wechat-wxid")
    yield from _invited(views)


def _invited(views: Views) -> Iterator[Contact]:
    for found in cues.BARE.finditer(views.plain):
        name = found["value"]
        if _is_no_word(name, invited=found["me"] in ("加我", "+我", "联系我")):
            start, end = found.span("value")
            yield Contact("wechat", views.kept[start:end], start, end, "wechat-bare")


def _is_no_word(value: str, *, invited: bool) -> bool:
    digits = sum(map(str.isdigit, value))
    return "_" in value or (invited and digits > 1 and not _PRODUCT.match(value.lower()))


def _behind_cue(views: Views, found: re.Match[str]) -> Iterator[Contact]:
    place, explicit = found.end(), bool(cues.EXPLICIT.search(found["link"]))
    spelled = read_id(views, place)
    if spelled:
        if _is_announced(views, found, spelled, explicit=explicit):
            yield Contact("wechat", spelled.value, spelled.start, spelled.end, "wechat-cue")
        return
    number = read_number(views, place)
    if number and (explicit or (found["sure"] and not _SATELLITE.match(found[0] + number.value))):
        yield Contact("wechat", number.value, number.start, number.end, "wechat-number")


def _is_announced(views: Views, found: re.Match[str], spelled: Spelled, *, explicit: bool) -> bool:
    """An id with digits behind a cue; mere letters only where the cue or the link leaves no doubt, and no product."""
    value = spelled.value
    if _PRODUCT.match(value.lower()) and not (explicit and found["sure"]):
        return False
    if not value.isalpha():
        return bool(found["sure"]) or explicit or "_" in value or sum(map(str.isdigit, value)) > 1
    if _WORDY.match(views.plain, spelled.end):
        return False
    invites = found[0][0] in "加+家佳嘉" or "❤" in found[0]
    return explicit or (invites and len(value) > _LONGEST_WORD)


def find_qq(views: Views) -> Iterator[Contact]:
    """QQ numbers and the numbers of groups."""
    for found in cues.qq_cues(views.plain):
        number = read_number(views, found.end())
        if not number or (len(set(number.value)) == 1 and not cues.EXPLICIT.search(found["link"])):
            continue
        if found["group"] and len(number.value) >= _GROUP_DIGITS:
            yield Contact("qq", number.value, number.start, number.end, "qq-group")
        elif found["sure"]:
            yield Contact("qq", number.value, number.start, number.end, "qq-cue")
