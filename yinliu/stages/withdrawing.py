"""An operator takes back that somebody is not to be contacted: it was misheard, or a slip."""

from __future__ import annotations

from collections.abc import Sequence

from models.repositories.withdrawing import Undone
from models.unit_of_work import UnitOfWork
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.stages.counts import Begin, now
from yinliu.stages.persons import known


def withdraw(begin: Begin, person: int, *, actor: str, reason: str) -> Undone:
    """Take an opt-out back; gives what was taken back.

    :class:`Misconfigured` where there is none (``not_opted_out``), where somebody else's is meant
    (``silent_by_contact``), and without a reason (``no_reason``).
    """
    if not reason.strip():
        text = Text("--reason 不能为空：写明为什么撤回退订。", "--reason is empty: say why the opt-out is taken back.")
        raise Misconfigured(text, code="no_reason")
    with begin() as work:
        work.people.take_turn()
        known(work, person)
        if not work.identities.suppressed([person]):
            raise _not_opted_out(work, person)
        done = work.persons.withdraw(person, actor=actor, reason=reason.strip(), now=now())
        if not done.said:
            raise _by_contact(person, done.causes)
        work.commit()
    return done


def how_to_undo(person: int) -> str:
    """The command that takes a person's opt-out back."""
    return f"yinliu people opt-out {person} --undo --actor … --reason …"


def _not_opted_out(work: UnitOfWork, person: int) -> Misconfigured:
    before = work.persons.withdrawals(person)
    zh = f"（已由 {before[-1]['actor']} 撤回）" if before else ""
    en = f" ({before[-1]['actor']} took it back)" if before else ""
    text = Text(
        f"人 {person} 没有退订{zh}，没有可撤回的。yinliu people list --opted-out 列出已退订的人。",
        f"person {person} has not opted out{en}: `yinliu people list --opted-out` lists who has.",
    )
    return Misconfigured(text, code="not_opted_out")


def _by_contact(person: int, causes: Sequence[int]) -> Misconfigured:
    zh, en = "、".join(map(str, causes)), ", ".join(map(str, causes))
    text = Text(
        f"人 {person} 自己没有退订：TA 与人 {zh} 留了同一个联系方式，是人 {zh} 要求不再联系。"
        f"那也是误判的话：{how_to_undo(causes[0])}",
        f"person {person} did not ask for it: they left a contact of person {en}, who did. If that was a mistake too:"
        f" {how_to_undo(causes[0])}",
    )
    return Misconfigured(text, code="silent_by_contact")
