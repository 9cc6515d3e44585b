"""What an operator is to know before inviting: what the person wrote since, and who shares a contact with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu import titles, wording
from yinliu.cli.door import Door
from yinliu.language import Text

Row = dict[str, Any]
COMPLAINT = "after_sales_complaint"
_NEGATIVE = "negative"
_QUOTED = 60
"""So much of an older comment is quoted in a caution."""


def known_of(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> dict[int, Row]:
    """By ticket: the comment it began with (``said_at``), the ``newest`` one where it is another, ``shares`` a contact.

    ``upset``: the newest of them that complains or is negative; ``shares``: persons with a ticket, and how it stands.
    """
    said = work.leads.said_since([row["lead_id"] for row in rows])
    found = {}
    for row in rows:
        comments = said.get(row["lead_id"], [])
        others = work.tickets.alive_of(work.persons.sharing_contact(row["person_id"]))
        found[row["id"]] = {
            "said_at": next((one["at"] for one in comments if one["first"]), None),
            "newest": next((_told(one) for one in comments[-1:] if not one["first"]), None),
            "upset": next((_told(one) for one in reversed(comments) if _is_upset(one)), None),
            "shares": [dict(zip(("person", "ticket", "state"), other, strict=True)) for other in others],
        }
    return found


def _told(comment: Row) -> Row:
    shown = {name: comment[name] for name in ("id", "at", "intents", "sentiment")}
    return {**shown, "text": mask_text(comment["text"])}


def _is_upset(comment: Row) -> bool:
    return COMPLAINT in comment["intents"] or comment["sentiment"] == _NEGATIVE


def said_lines(door: Door, row: Row) -> Iterable[Text]:
    """What the person wrote at first and last, and what to mind of it."""
    newest, upset, first = row["newest"], row["upset"], _day(door, row["said_at"])
    yield Text(f"  留言{first.zh}：{row['said']}", f"  said{first.en}: {row['said']}")
    if newest:
        at = _day(door, newest["at"])
        yield Text(f"  最新留言{at.zh}：{newest['text']}", f"  said last{at.en}: {newest['text']}")
    if upset:
        yield _mind_upset(door, upset, is_newest=newest is None or newest["id"] == upset["id"])
    elif newest:
        yield Text(
            "  注意：TA 之后又留了言，先看最新留言再决定怎么说。",
            "  mind: they wrote again since; read their last words before you write.",
        )


def _mind_upset(door: Door, upset: Row, *, is_newest: bool) -> Text:
    complains = COMPLAINT in upset["intents"]
    known = wording.signal(COMPLAINT) if complains else titles.label(_NEGATIVE)
    zh = f"是{known.zh}" if complains else f"语气{known.zh}"
    what = Text("最新留言", "what they wrote last")
    if not is_newest:
        at, quoted = _day(door, upset["at"]), upset["text"][:_QUOTED]
        what = Text(f"之后的留言{at.zh}“{quoted}”", f'what they wrote{at.en}, "{quoted}",')
    return Text(
        f"  注意：{what.zh}{zh}，先处理好再邀请。",
        f"  mind: {what.en} is {'a ' if complains else ''}{known.en}: settle that before you invite.",
    )


def shared_lines(row: Row) -> Iterable[Text]:
    """Who shares a contact with the person, and is being brought somewhere or is a member."""
    for one in row["shares"]:
        state = wording.state(one["state"])
        yield Text(
            f"  注意：同一联系方式的另一位（编号 {one['person']}，工单 {one['ticket']}，{state.zh}），别重复邀请。",
            f"  mind: somebody else has the same contact (person {one['person']}, ticket {one['ticket']}, {state.en}).",
        )


def _day(door: Door, moment: datetime | None) -> Text:
    day = door.when(moment)[:10]
    return Text(f"（{day}）", f" ({day})") if moment else Text("", "")
