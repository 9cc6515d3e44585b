"""What operators decide about persons: that two are one, that they are not, that one is to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.unit_of_work import UnitOfWork
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.identity import veto
from yinliu.stages.alike import where_two
from yinliu.stages.counts import Begin, now
from yinliu.stages.holding import standing_of
from yinliu.stages.identify import traits_of

HOW = "operator"
"""How a merge was known that a person decided."""


def merge(begin: Begin, one: int, other: int, *, actor: str, reason: str) -> tuple[int, int]:
    """Make two persons one; gives (the event, who was kept: the earlier). :class:`Misconfigured` where it cannot be."""
    with begin() as work:
        work.people.take_turn()
        _both(work, one, other)
        _refuse_veto(work, one, other)
        keep, drop = sorted((one, other))
        event = work.identities.merge(keep=keep, drop=drop, how=HOW, actor=actor, now=now(), reason=reason)
        work.commit()
    return event, keep


def unmerge(begin: Begin, event: int, *, actor: str) -> tuple[int, int]:
    """Take a merge back; gives (who was kept, who is back). They are noted as not the same person."""
    with begin() as work:
        work.people.take_turn()
        try:
            both = work.identities.unmerge(event, actor=actor, now=now())
        except LookupError:
            raise _no_merge(event) from None
        work.commit()
    return both


def not_same(begin: Begin, one: int, other: int, *, actor: str) -> int:
    """Note that two persons are not one; gives the number of pairs of accounts that were not noted yet."""
    with begin() as work:
        work.people.take_turn()
        _both(work, one, other)
        pairs = work.identities.not_same(one, other, actor=actor, now=now())
        work.commit()
    return pairs


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Notes that two persons are not one, taken back: how many ``pairs`` of accounts, and who had noted them when.

    ``barred``: why they cannot become one all the same, where they cannot.
    """

    pairs: int
    noted: tuple[tuple[str, datetime], ...]
    barred: Text | None


def maybe_same(begin: Begin, one: int, other: int) -> Withdrawn:
    """Take back that two persons are not one, so that evidence may merge them; the next qualify looks at it again.

    :class:`Misconfigured` where nobody noted it, or it was taken back before.
    """
    with begin() as work:
        work.people.take_turn()
        _both(work, one, other)
        noted = work.identities.maybe_same(one, other)
        if not noted:
            raise _not_noted(one, other)
        barred = _barred(work, one, other)
        work.commit()
    return Withdrawn(len(noted), tuple(dict.fromkeys(noted)), barred)


@dataclass(frozen=True, slots=True)
class Whom:
    """A person, and what they are called on their accounts."""

    person: int
    names: tuple[str, ...]


def whose(begin: Begin, *, person: int | None = None, ticket: int | None = None, lead: int | None = None) -> Whom:
    """Whom one of these numbers means; :class:`Misconfigured` where there is none such."""
    with begin() as work:
        if ticket is not None:
            person = standing_of(work, ticket).person_id
        elif lead is not None:
            person = work.persons.of_lead(lead)
            if person is None:
                text = Text(f"没有编号为 {lead} 的线索。yinliu leads 列出编号。", f"there is no lead {lead}.")
                raise Misconfigured(text, code="no_lead")
        found = known(work, person or 0)
        accounts = work.persons.accounts([found]).get(found, [])
    return Whom(found, tuple(dict.fromkeys(one["name"] for one in accounts if one["name"])))


def opt_out(begin: Begin, person: int, *, actor: str, reason: str) -> bool:
    """Leave a person alone for good; False where they were left alone already."""
    with begin() as work:
        work.people.take_turn()
        known(work, person)
        accounts = [one.account for one in work.identities.accounts_of([person])]
        if not accounts:
            raise _no_accounts(person)
        new = work.identities.suppress(dict.fromkeys(accounts), actor=actor, now=now(), reason=reason)
        work.commit()
    return person in new


def known(work: UnitOfWork, person: int) -> int:
    """The person's number again; :class:`Misconfigured` where there is none, with who has become of them."""
    if not work.persons.known(person):
        raise _no_person(person, work.persons.merged_into(person))
    return person


def _both(work: UnitOfWork, one: int, other: int) -> None:
    for person in (one, other):
        known(work, person)
    if one == other:
        text = Text(f"两次都是同一个人：{one}。请给出两个不同的编号。", f"{one} was given twice: name two persons.")
        raise Misconfigured(text, code="same_person")


def _refuse_veto(work: UnitOfWork, one: int, other: int) -> None:
    why = _barred(work, one, other)
    if why is not None:
        text = Text(f"不能合并 {one} 和 {other}：{why.zh}。", f"{one} and {other} cannot become one: {why.en}.")
        raise Misconfigured(text, code="merge_refused")


def _barred(work: UnitOfWork, one: int, other: int) -> Text | None:
    """Why two persons cannot become one; None: they can."""
    traits = traits_of(work, (one, other))
    if one not in traits or other not in traits:
        return None
    reason = veto(traits[one], traits[other])
    if reason == "not_same":
        return _noted(one, other)
    if reason == "two_ids":
        where = where_two(traits[one], traits[other])
        return Text(f"他们{where.zh}是两个不同的账号", f"{where.en} they are two different accounts")
    return None


def _noted(one: int, other: int) -> Text:
    undo = f"yinliu people not-same {one} {other} --undo --actor …"
    return Text(
        f"已有人标记他们不是同一个人（标错了：{undo}）",
        f"somebody noted that they are not the same (to withdraw that: {undo})",
    )


def _not_noted(one: int, other: int) -> Misconfigured:
    merge = f"yinliu people merge {one} {other} --actor … --reason …"
    text = Text(
        f"{one} 和 {other} 没有被标记为不是同一个人（或已撤回），没有可撤回的。确认是同一个人：{merge}。",
        f"nobody noted that {one} and {other} are not the same, or it was withdrawn. If they are one: {merge}.",
    )
    return Misconfigured(text, code="not_noted")


def _no_person(person: int, into: int | None) -> Misconfigured:
    zh = f"，已并入 {into}" if into else ""
    en = f", they became {into}" if into else ""
    text = Text(
        f"没有编号为 {person} 的人{zh}。yinliu people list 列出编号。",
        f"there is no person {person}{en}; `yinliu people list` lists them.",
    )
    return Misconfigured(text, code="no_person")


def _no_merge(event: int) -> Misconfigured:
    text = Text(
        f"没有可以撤销的合并 {event}（没有这个编号、已撤销，或是旧版本做的合并）。yinliu people merges 列出全部。",
        f"there is no merge {event} to undo (unknown, undone, or of an older release); see `yinliu people merges`.",
    )
    return Misconfigured(text, code="no_merge")


def _no_accounts(person: int) -> Misconfigured:
    text = Text(f"编号为 {person} 的人没有任何账号，无法退订。", f"person {person} has no account to leave alone.")
    return Misconfigured(text, code="no_accounts")
