"""E-mail addresses, also with their signs said in words: ``lily(at)qq点com``, ``lily#qq.com（#换成@）``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.contacts.views import Views
from nlp.tags import Contact

_USER = r"(?<![a-z0-9_%+.-])(?P<user>[a-z0-9][a-z0-9._%+-]{0,63})"
_PLAIN = re.compile(_USER + r"@(?P<host>(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![a-z0-9-])")
_SPACE = r"[ \x01]{0,2}"
_AT = (
    rf"{_SPACE}(?P<at>@|[艾爱]特|圈a|[\[(【{{<「]{_SPACE}(?:at|@|艾特){_SPACE}[\])】}}>」]|(?<![a-z])at(?![a-z])"
    rf"|(?<=\d)at(?=[a-z\d])|#|\*){_SPACE}"
)
_DOT = rf"{_SPACE}(?:\.|点|。|丶|·|,|[\[(【]{_SPACE}(?:点|dot|\.){_SPACE}[\])】]|(?<![a-z])dot(?![a-z])){_SPACE}"
_HOUSES = (
    r"qq|vip|foxmail|163|126|yeah|139|189|gmail|googlemail|outlook|hotmail|live|msn|yahoo|icloud|me|sina|sohu|aliyun"
)
_ENDS = r"com|cn|net|org|edu|gov|top|cc|io|vip|xyz|info|hk|tw|jp"
_DISGUISED = re.compile(
    _USER
    + _AT
    + rf"(?P<host>[a-z0-9-]{{1,40}}(?:{_DOT}[a-z0-9-]{{2,20}}){{0,2}}?{_DOT}(?:{_ENDS})(?:{_DOT}cn)?)(?![a-z0-9-])"
)
_HOUSE = re.compile(rf"(?:{_HOUSES})(?![a-z0-9-])")
_CUE = re.compile(r"邮|油箱|mail|✉|信箱|简历")
_SWAP = re.compile(r".{0,8}(?:换|改|替|=|是|为|变).{0,3}@")
_DOTS = re.compile(_DOT)
_SEEN = 12


def find_emails(views: Views) -> Iterator[Contact]:
    """Addresses as written, then disguised ones."""
    plain = views.plain
    if "@" in plain:
        for found in _PLAIN.finditer(plain):
            yield Contact("email", views.kept[found.start() : found.end()], found.start(), found.end(), "email")
    if _may_be_disguised(plain):
        for found in _DISGUISED.finditer(plain):
            if _is_meant(views, found):
                yield Contact("email", _value(views, found), found.start(), found.end(), "email-disguised")


_MARK = re.compile(r"@|特|圈a|at|#|\*")


def _may_be_disguised(plain: str) -> bool:
    return bool(_MARK.search(plain))


def _is_meant(views: Views, found: re.Match[str]) -> bool:
    """``@`` and 艾特 mean it; ``at`` and ``#`` only before a known house, ``at`` with a cue or digits."""
    at = found["at"]
    if at in ("@", "艾特", "爱特", "圈a"):
        return True
    if at in ("#", "*"):
        swapped = bool(_SWAP.match(views.plain[found.end() : found.end() + 16]))
        return swapped or bool(_HOUSE.match(found["host"]))
    announced = bool(_CUE.search(views.before(found.start(), _SEEN))) or any(map(str.isdigit, found["user"]))
    return bool(_HOUSE.match(found["host"])) and (announced or at != "at")


def _value(views: Views, found: re.Match[str]) -> str:
    host = _DOTS.sub(".", found["host"])
    return f"{views.kept[found.start('user') : found.end('user')]}@{host}".replace("\x01", "")
