"""When a writer means to come: 五一前, 6月中旬, 4月29-5.5, 下周三, 年底."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nlp.entities.date_rules import FEASTS, RULES, DateRule
from nlp.entities.entity import Entity, without_overlaps
from nlp.entities.festivals import Period
from nlp.entities.periods import shifted

_ANY_DAY = date(2024, 1, 1)
_HINT = re.compile(
    r"[0-9]{1,2}[./号日]|20[23][0-9]-|[月年周节天]|星期|礼拜|[今明][晚早]|[五六十]一|51|618|双1|" + FEASTS
)


def find_dates(text: str, *, today: date | None = None) -> tuple[Entity, ...]:
    """The times named in ``text`` (as :func:`nlp.normal.comparable` gives it). With ``today``, the writer's day, the
    value is an ISO interval such as 2026-05-01/2026-05-05 of the next such time; without it, the words as written."""
    if not _HINT.search(text):
        return ()
    return without_overlaps(_found(text, today))


def _found(text: str, today: date | None) -> Iterator[Entity]:
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            period = _period(rule, match, today or _ANY_DAY)
            if period is not None:
                value = "/".join(day.isoformat() for day in period) if today else "".join(match[0].split())
                yield Entity("date", value, match.start(), match.end(), rule.name)


def _period(rule: DateRule, match: re.Match[str], today: date) -> Period | None:
    try:
        period = rule.read(match, today)
        side = match.groupdict().get("side")
        return shifted(period, side, today) if period and side else period
    except (ValueError, OverflowError):
        return None
