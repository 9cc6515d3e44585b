"""Who came into a group without a ticket: an operator says so, and their seat and their link are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.repositories.links import StoredLink
from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu.errors import Misconfigured, NothingToDo
from yinliu.language import Text
from yinliu.stages.counts import Begin
from yinliu.stages.counts import now as clock
from yinliu.stages.holding import check_in_charge, check_operator
from yinliu.stages.links import check_community, destination, link_of
from yinliu.stages.route import keep_communities
from yinliu.workspace.communities import Communities, CommunityRule, GroupRule
from yinliu.workspace.document import no_such

TWICE = timedelta(minutes=10)
"""Within this time somebody without a name, by the same link into the same group, is taken for the same."""
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody as the operator says: what they call themselves, where they are, and the code that they said.

    Without a community they are in the one that the code leads to, without a group in the only one that is open.
    """

    name: str | None = None
    community: str | None = None
    group: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class WalkedIn:
    """What was noted: the seats of the group with theirs, and tickets of the community whose person has this name.

    ``late``: they were noted before, and the code that turned up later is all that is new.
    """

    number: int
    rule: CommunityRule
    group: GroupRule
    name: str | None
    link: StoredLink | None
    taken: int = 0
    capacity: int = 0
    tickets: tuple[int, ...] = ()
    late: bool = False


def walk_in(
    begin: Begin,
    *,
    policy: Communities,
    operator: str,
    who: Newcomer,
    key: bytes = b"",
    again: bool = False,
    now: datetime | None = None,
) -> WalkedIn:
    """Note that somebody without a ticket is in a group: they hold a seat, and their code's link has a join.

    Who was noted a moment ago without a name and a code is taken for the same: their code turned up (``late``).
    They are in, so they are noted even where the group is full or closed. :class:`NothingToDo` (``recorded_already``)
    for a name that is in the community already, and for somebody without one who came the same way a moment ago,
    unless ``again``.
    """
    check_operator(policy, operator)
    moment = now or clock()
    with begin() as work:
        work.walk_ins.take_turn()
        link = None if who.code is None else link_of(work, who.code, key=key)
        rule = _community(work, policy, who.community, link, key)
        check_in_charge(rule, operator)
        if link is not None:
            check_community(work, link, community=rule.name, who=Text("对方", "they"))
        room = _group(rule, who.group)
        entry = _Entry(_seats(work, policy, rule.name, room.name), rule, room, _named(who.name), link)
        twin = None if again else entry.twin(work, moment)
        found = entry.late(work, twin) if twin else entry.enter(work, operator, who, moment)
        work.commit()
    return found


def walk_out(
    begin: Begin, *, policy: Communities, number: int, operator: str, undo: bool = False, now: datetime | None = None
) -> tuple[str, str | None]:
    """Note that somebody who walked in is out again, or ``undo``: never was in. Their seat is free.

    Gives their community and name. :class:`NothingToDo` where it was noted before.
    """
    check_operator(policy, operator)
    with begin() as work:
        work.walk_ins.take_turn()
        found = work.walk_ins.standing(number) if 0 < number < 2**31 else None
        if found is None:
            raise _nobody(number)
        if (rule := policy.by_name.get(found.community)) is not None:
            check_in_charge(rule, operator)
        if not work.walk_ins.leave(number, undo=undo, now=now or clock()):
            raise _gone(number, undone=found.undone_at is not None)
        work.commit()
    return found.community, found.name


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who is to be noted, and where: ``seats`` is the group's number in the ledger."""

    seats: int
    rule: CommunityRule
    group: GroupRule
    name: str | None
    link: StoredLink | None

    @property
    def link_id(self) -> int | None:
        """The number of the link they came by."""
        return self.link.id if self.link else None

    def twin(self, work: UnitOfWork, moment: datetime) -> dict[str, Any] | None:
        """Who was noted already, and is likely the same."""
        if self.name is not None:
            return work.walk_ins.namesake(self.rule.name, self.name)
        since = moment - TWICE
        same = work.walk_ins.nameless(self.seats, link=self.link_id, since=since)
        return same if same or self.link is None else work.walk_ins.nameless(self.seats, link=None, since=since)

    def enter(self, work: UnitOfWork, operator: str, who: Newcomer, moment: datetime) -> WalkedIn:
        """Note them, with a seat."""
        entered = work.walk_ins.enter(self.seats, link=self.link_id, operator=operator, name=self.name, now=moment)
        number, taken, capacity = entered
        tickets = tuple(work.walk_ins.tickets_of(self.rule.name, _plain(who.name))) if self.name else ()
        return WalkedIn(number, self.rule, self.group, self.name, self.link, taken, capacity, tickets)

    def late(self, work: UnitOfWork, twin: dict[str, Any]) -> WalkedIn:
        """Credit who was noted without a code to the one that turned up; else say that they are noted."""
        if self.link is None or not work.walk_ins.credit(twin["id"], link=self.link.id):
            raise _recorded(twin)
        group = next((one for one in self.rule.all_groups if one.name == twin["group"]), self.group)
        return WalkedIn(twin["id"], self.rule, group, twin["name"], self.link, late=True)


def _plain(name: str | None) -> str:
    """A name in one line of printable characters."""
    return "".join(letter for letter in " ".join((name or "")[:1000].split()) if letter.isprintable()).strip()


def _named(name: str | None) -> str | None:
    """The name to be kept: contacts in it are masked, and it is not longer than anybody's; None for none."""
    return mask_text(_plain(name))[:LONGEST_NAME].strip() or None


def _community(
    work: UnitOfWork, policy: Communities, named: str | None, link: StoredLink | None, key: bytes
) -> CommunityRule:
    if named is not None:
        if named not in policy.by_name:
            shown = repr(mask_text(named))
            said = Text(f"communities.yaml 里没有社群 {shown}", f"communities.yaml has no community {shown}")
            raise Misconfigured(no_such(said, named, list(policy.by_name)), code="no_community")
        return policy.by_name[named]
    found = None if link is None else destination(work, link.code, key=key, communities=policy.by_name)
    if found is None:
        text = Text("要写明进了哪个社群：--community（名称或标题）。", "say which community they are in: --community.")
        raise Misconfigured(text, code="no_community")
    return found


def _group(rule: CommunityRule, named: str | None) -> GroupRule:
    """The group that somebody means by its name or title; the only open one where they name none."""
    groups = rule.all_groups
    plain = (named or "").strip()
    found = [group for group in groups if plain == group.name] or [group for group in groups if plain == group.title]
    if named is None:
        found = [group for group in groups if not group.closed] if len(groups) > 1 else groups
    if len(found) == 1:
        return found[0]
    listed = "、".join(f"{one.name}（{one.title}）" if one.title else one.name for one in groups)
    names, shown = ", ".join(one.name for one in groups), repr(mask_text(plain))
    said = (
        Text(f"社群 {rule.title} 有多个群，请用 --group 写明进了哪个群", f"{rule.name} has several groups: say --group")
        if named is None
        else Text(f"社群 {rule.title} 没有名称或标题为 {shown} 的群", f"{rule.name} has no group {shown}")
    )
    raise Misconfigured(Text(f"{said.zh}。可用：{listed}", f"{said.en}. Allowed: {names}"), code="no_group")


def _seats(work: UnitOfWork, policy: Communities, community: str, group: str) -> int:
    """The group's number in the ledger; one that ``communities.yaml`` names since the last ``route`` is kept first."""
    found = work.walk_ins.group(community, group)
    if found is None:
        work.routing.lock()
        keep_communities(work, policy)
        found = work.walk_ins.group(community, group)
    if found is None:  # nobody takes a group away
        raise LookupError(f"{community}/{group}")
    return found


def _recorded(twin: dict[str, Any]) -> NothingToDo:
    who, code = twin["name"] or "—", twin["code"]
    by = Text(f"，口令 {code}", f" by {code}") if code else Text("", "")
    text = Text(
        f"已经登记过：{who} 在「{twin['title']}」（登记号 {twin['id']}{by.zh}），没有重复计算。"
        f"确实是另一个人，请加 --again；记错了用 yinliu queue walk-out {twin['id']} --undo 撤回。",
        f"noted already: {who} is in {twin['community']} (number {twin['id']}{by.en}): not counted twice."
        f" If it is somebody else add --again; `yinliu queue walk-out {twin['id']} --undo` takes it back.",
    )
    return NothingToDo(text, code="recorded_already")


def _nobody(number: int) -> Misconfigured:
    text = Text(
        f"没有登记号 {number}。yinliu queue walk-ins 列出全部。", f"nobody has the number {number}: `queue walk-ins`."
    )
    return Misconfigured(text, code="no_walk_in")


def _gone(number: int, *, undone: bool) -> NothingToDo:
    text = (
        Text(f"登记号 {number} 之前已撤回，未作改动。", f"number {number} was taken back before: nothing changed.")
        if undone
        else Text(
            f"登记号 {number} 之前已登记退群，未作改动；记错了加 --undo 撤回。",
            f"number {number} left before: nothing changed; --undo takes a mistake back.",
        )
    )
    return NothingToDo(text, code="nothing_to_do")
