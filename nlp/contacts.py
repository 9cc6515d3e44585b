"""Contact details that people leave in comments: phone, WeChat id, QQ number, e-mail; found, and masked for print.

Forms follow the numbering plan of the MIIT (mobile numbers: 1, 3-9, nine digits), Tencent's rules for a WeChat id
(6-20 characters, a letter first, then letters, digits, ``_``, ``-``) and QQ numbers (5-11 digits, no leading 0).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nlp.normal import half_width
from nlp.tags import Contact, ContactKind

_WECHAT_CUE = (
    r"(?:微信|薇信|威信|维信|卫星|微 ?号|v信|[加+➕]我?[微薇]|wechat|weixin|(?<![a-z])(?:wx|vx)|[加+➕]我?v"
    r"|(?<![a-z0-9])v(?=[::❤♥]))[❤♥\ufe0f]*"
)
_LONE_V = r"(?<![a-z0-9])v\s"
_SPACE = r"\s{0,4}"  # never \s*: beside an optional word it takes hours on a long run of spaces
_GAP = rf"{_SPACE}(?:号码?|id|同[号名]|账号|联系|我|是|为|=|-|[::,，、])?{_SPACE}(?:是|为|[::,，])?{_SPACE}"
_WECHAT_ID = r"(?P<value>[a-z][a-z0-9_-]{5,19})(?![a-z0-9_@-]|\.[a-z0-9])"

_FORMS: tuple[tuple[str, ContactKind, str], ...] = (
    (
        "email",
        "email",
        r"(?<![a-z0-9_%+-])(?P<value>[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})(?![a-z0-9-])",
    ),
    ("phone", "phone", r"(?<![\d.])(?:\+?86[- ]?)?(?P<value>1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d@])"),
    ("wechat-wxid", "wechat", r"(?<![a-z0-9_-])(?P<value>wxid_[a-z0-9_-]{4,32})(?![a-z0-9_@-])"),
    ("wechat-cue", "wechat", _WECHAT_CUE + _GAP + _WECHAT_ID),
    ("wechat-bare", "wechat", rf"(?:{_LONE_V}|加我|联系我?|找我){_SPACE}" + _WECHAT_ID),
    ("wechat-number", "wechat", _WECHAT_CUE + _GAP + r"(?P<value>[1-9]\d{4,10})(?!\d)"),
    (
        "qq-cue",
        "qq",
        r"(?:(?<![a-z])qq|扣扣|企鹅号|[加\+➕]q|(?<![a-z0-9])q(?=[::]))" + _GAP + r"(?P<value>[1-9]\d{4,10})(?![\d@])",
    ),
)
_RULES = tuple((name, kind, re.compile(form, re.IGNORECASE)) for name, kind, form in _FORMS)
_SEEN_BEFORE = 12
"""Characters before a value that tell what it is."""
_NOT_A_PHONE = re.compile(r"(?:订单|单号|编号|货号|型号|条码)\D{0,4}$")
_EXPLICIT = re.compile(r"(?:号码?|id|[::是为=])\s*$", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9_-]{5,}", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(?<![\d/=_-])(?:\+?86[- ]?)?(?:0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|\d{7,})(?!\d)"
)


def find_contacts(text: str) -> tuple[Contact, ...]:
    """The contact details in a text, in order, none overlapping another; the earlier rule wins."""
    plain = half_width(text)
    taken = bytearray(len(plain))
    found: list[Contact] = []
    for contact in _candidates(plain):
        if taken.find(1, contact.start, contact.end) < 0:
            taken[contact.start : contact.end] = b"\x01" * (contact.end - contact.start)
            found.append(contact)
    return tuple(sorted(found, key=lambda contact: contact.start))


def _candidates(plain: str) -> Iterator[Contact]:
    for name, kind, pattern in _RULES:
        for found in pattern.finditer(plain):
            value = found["value"]
            start = found.start("value")
            if not _is_meant(name, value, before=plain[max(0, start - _SEEN_BEFORE) : start]):
                continue
            tidy = re.sub(r"[- ]", "", value) if kind == "phone" else value
            yield Contact(kind, tidy, start, found.end("value"), name)


def _is_meant(rule: str, value: str, *, before: str) -> bool:
    """Rules that need a second look: an order number is no phone, and a bare word is an id only when it looks like one
    ("微信android版", "联系iphone客服") or is announced as one."""
    if rule == "phone":
        return not _NOT_A_PHONE.search(before)
    if rule == "wechat-bare":
        return "_" in value
    return rule != "wechat-cue" or bool(re.search(r"[\d_-]", value) or _EXPLICIT.search(before[-6:]))


def mask(kind: str, value: str) -> str:
    """A contact detail as people and logs may see it: enough to recognise one's own, not to reach anybody."""
    if kind == "phone":
        return f"{value[:3]}****{value[-4:]}"
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{value[:2]}***{value[-1:]}"


def mask_text(text: str) -> str:
    """A text with every contact detail (also where it is only repeated), and every other long number, masked."""
    pieces: list[str] = []
    last = 0
    found = find_contacts(text)
    kinds = {contact.value.lower(): contact.kind for contact in found}
    for contact in found:
        pieces += [_mask_rest(text[last : contact.start], kinds), mask(contact.kind, contact.value)]
        last = contact.end
    return "".join([*pieces, _mask_rest(text[last:], kinds)])


def _mask_rest(text: str, kinds: Mapping[str, ContactKind]) -> str:
    """What stands between contact details: these again without a cue, and long numbers."""

    def again(found: re.Match[str]) -> str:
        return mask(kinds[found[0].lower()], found[0]) if found[0].lower() in kinds else found[0]

    return _mask_numbers(_WORD.sub(again, text))


def _mask_numbers(text: str) -> str:
    return _NUMBERS.sub(lambda found: f"{found[0][:2]}***{found[0][-2:]}", text)
