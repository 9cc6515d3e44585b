"""Persons who may be one: they left the same contact, or are called alike. Somebody is to look; nothing is merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from models.unit_of_work import UnitOfWork
from yinliu import titles
from yinliu.language import Text
from yinliu.leads.identity import Traits, veto
from yinliu.leads.names import MOST, NamedAccount, Suggestion, suggestions
from yinliu.stages.identify import traits_of

_SOURCE = "source:"
"""Begins the space of a source's own ids; a platform may follow behind a stroke."""


def suggest(work: UnitOfWork) -> list[Suggestion]:
    """Persons who may be one: who left the same contact, then by their names.

    Those of whom somebody noted that they are not are left out. Who shares a contact is told too where they cannot
    be merged: nobody is to invite both unknowingly.
    """
    shared, named = list(_sharing(work)), list(suggestions(NamedAccount(*row) for row in work.persons.named()))
    traits = traits_of(work, {person for pair in named for person in (pair.first, pair.second)})
    told = {(pair.first, pair.second) for pair in shared}
    alike = (pair for pair in named if veto(traits[pair.first], traits[pair.second]) is None)
    return shared + [pair for pair in alike if (pair.first, pair.second) not in told]


def _sharing(work: UnitOfWork) -> Iterator[Suggestion]:
    pairs = sorted({pair for persons in work.persons.shared_contacts() for pair in _pairs(persons)})
    persons = {person for pair in pairs for person in pair}
    traits, accounts = traits_of(work, persons), work.persons.accounts(persons)
    for first, second in pairs:
        why = veto(traits[first], traits[second])
        if why == "not_same":
            continue
        names = _called(accounts[first]), _called(accounts[second])
        where = where_two(traits[first], traits[second]) if why else None
        zh = f"，但{where.zh}是两个账号" if where else ""
        en = f", but two accounts {where.en}" if where else ""
        reason = Text(f"留了同一个联系方式{zh}：{'、'.join(names)}", f"the same contact{en}: {', '.join(names)}")
        yield Suggestion(first, second, names, reason, barred=where is not None)


def _pairs(persons: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Everybody with everybody; of a crowd each with the first alone."""
    return combinations(persons, 2) if len(persons) <= MOST else ((persons[0], other) for other in persons[1:])


def _called(accounts: Sequence[dict[str, Any]]) -> str:
    return next((one["name"] for one in accounts if one["name"]), "—")


def where_two(some: Traits, others: Traits) -> Text:
    """在 … 上, on …: the sources, or platforms with their source, where two persons are two accounts.

    Ids that mean the same in every source add no more to these.
    """
    pairs = ((mine, their) for mine in some.ids for their in others.ids)
    spaces = sorted({mine.space for mine, their in pairs if mine.space == their.space and mine.value != their.value})
    own = [space.removeprefix(_SOURCE).partition("/") for space in spaces if space.startswith(_SOURCE)]
    wide = [space for space in spaces if not space.startswith(_SOURCE) and space not in {kind for *_, kind in own}]
    named = [_named(source, kind) for source, _, kind in own] + [titles.platform(space) for space in wide]
    zh, en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
    return Text(f"在 {zh}上" if zh.endswith("）") else f"在 {zh} 上", f"on {en}")


def _named(source: str, platform: str) -> Text:
    """A source; of one that holds several platforms, the platform in it."""
    if not platform:
        return Text(source, source)
    title = titles.platform(platform)
    return Text(f"{title.zh}（来源 {source}）", f"{title.en} (source {source})")
