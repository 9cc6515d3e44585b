"""Landlines with an area code, and the 400 and 800 numbers of shops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.contacts.numbering import is_landline, is_service
from nlp.contacts.views import Views
from nlp.tags import Contact

_GAP = r"[ \-—·.\x01]{0,2}"
_START = re.compile(r"(?<![0-9a-z.=/_\-])(?:0\x01*[1-9]|[48]00)")
_LOCAL = rf"\x01*\)?{_GAP}[2-8](?:{_GAP}[0-9])"
_FORMS = (
    (re.compile(rf"0\x01*(?:1\x01*0|2\x01*[0-9]){_LOCAL}{{7}}(?![0-9@])"), "landline"),
    (re.compile(rf"0\x01*[3-9]\x01*[0-9]\x01*[0-9]{_LOCAL}{{6,7}}(?![0-9@])"), "landline"),
    (re.compile(rf"[48]00{_GAP}[0-9](?:{_GAP}[0-9]){{6}}(?![0-9@])"), "service-number"),
)
_CUE = re.compile(r"电话|座机|热线|客服|致电|☎|tel|phone|call|联系|号码|手机|打|咨询|预约|订座")
_ORDER = re.compile(r"订单|单号|编号|货号|型号|条码|运单|快递|isbn|版本|uid")
_NEAR = 10


def find_landlines(views: Views) -> Iterator[Contact]:
    """Landlines, and 400 and 800 numbers; a run of bare digits only behind a cue."""
    for start in _START.finditer(views.digits):
        for pattern, rule in _FORMS:
            found = pattern.match(views.digits, start.start())
            if found and _is_valid(found[0]) and _is_meant(views, found):
                yield Contact("phone", _tidy(found[0]), found.start(), found.end(), rule)
                break


def _tidy(written: str) -> str:
    return re.sub(r"[^0-9]", "", written)


def _is_valid(written: str) -> bool:
    value = _tidy(written)
    return is_service(value) or is_landline(value)


def _is_meant(views: Views, found: re.Match[str]) -> bool:
    before = views.before(found.start(), _NEAR)
    if _ORDER.search(before):
        return False
    signs = re.sub(r"[0-9\x01]", "", found[0])
    return bool(_CUE.search(before)) or not {"-", "—", ")"}.isdisjoint(signs)
