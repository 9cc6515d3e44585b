"""export: qualified leads to a target; the ledger says before each send what goes, and after it that it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from models.repositories.content import digest
from models.unit_of_work import UnitOfWork
from models.vault import Vault
from yinliu.language import Text
from yinliu.locks import only_one
from yinliu.stages.counts import Begin, Counts, now

Row = dict[str, str]
_CONTACT_COLUMNS = {"手机": "phone", "微信": "wechat", "QQ": "qq", "邮箱": "email"}
_LATER_COLUMNS = {"Matrix": "matrix"}
"""Only there where they hold something: leads that were sent before these were known are the same as they were."""

FAREWELL = "已要求不再联系，请勿联系"
"""The state of a lead in a CRM that had it before its person opted out; everything else of its row is empty."""


class Target(Protocol):
    """Where leads go."""

    def has(self, batch: str) -> bool:
        """True when this batch arrived there."""

    def send(self, batch: str, rows: Sequence[Mapping[str, str]]) -> str:
        """Send a batch; gives where it can be found."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a lead's fields are put: contacts unlocked, times in the team's zone, names as titles."""

    vault: Vault
    zone: ZoneInfo
    titles: Mapping[str, str]
    states: Callable[[str], Text]

    def row(self, lead: dict[str, Any]) -> Row:
        """One lead as the columns of :data:`yinliu.crm.csv_file.HEADER`."""
        return {**self._person(lead), **self._origin(lead), **self._destination(lead)}

    def farewell(self, lead: int) -> Row:
        """What is still said of a lead whose person asked not to be contacted: that nobody is to."""
        return {"线索编号": str(lead), "工单状态": FAREWELL}

    def _person(self, lead: dict[str, Any]) -> Row:
        parts = [part for part in lead["breakdown"] if part["points"]]
        worth = [f"{self._title(part['kind'])} {part['points']:+d}" for part in parts]
        later = {column: self._contacts(lead, kind) for column, kind in _LATER_COLUMNS.items()}
        return {
            "线索编号": str(lead["id"]),
            "等级": lead["grade"],
            "评分": str(lead["score"]),
            "昵称": lead["name"] or "",
            **{column: self._contacts(lead, kind) for column, kind in _CONTACT_COLUMNS.items()},
            **{column: values for column, values in later.items() if values},
            "意向": "、".join(self._title(part["kind"]) for part in parts if part["points"] > 0),
            "评分明细": "；".join(worth),
        }

    def _origin(self, lead: dict[str, Any]) -> Row:
        return {
            "来源": lead["source"],
            "来源文章": lead["post"] or "",
            "文章链接": lead["post_url"] or "",
            "留言": lead["text"],
            "留言时间": self._time(lead["published_at"]),
        }

    def _destination(self, lead: dict[str, Any]) -> Row:
        ticket = lead["ticket"]
        if ticket is None:
            return {}
        state = self.states(ticket["state"]).zh
        return {"社群": ticket["title"], "负责运营": ticket["operator"] or "", "工单状态": state}

    def _title(self, kind: str) -> str:
        return self.titles.get(kind, kind)

    def _contacts(self, lead: dict[str, Any], kind: str) -> str:
        values = (self.vault.unlock(row["value_cipher"]) for row in lead["contacts"] if row["kind"] == kind)
        return " ".join(dict.fromkeys(values))

    def _time(self, moment: datetime | None) -> str:
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def export(begin: Begin, *, name: str, target: Target, wording: Wording, lock: Path) -> tuple[Counts, list[str]]:
    """Send what the target has not got yet; gives counts and where the batches lie."""
    with only_one(lock, what=Text(f"导出到 {name}", f"the export to {name}")):
        places = _finish_interrupted(begin, name=name, target=target, wording=wording)
        counts, place = _send_new(begin, name=name, target=target, wording=wording)
    return {**counts, "resumed": len(places)}, [*places, *place]


def _finish_interrupted(begin: Begin, *, name: str, target: Target, wording: Wording) -> list[str]:
    """Batches that were written to the ledger and not confirmed: look whether they arrived, send them if not."""
    places = []
    with begin() as work:
        unsent = work.leads.unsent(name)
    for batch, leads in unsent.items():
        with begin() as work:
            if not target.has(batch):
                meant = set(leads)
                rows = {lead: row for lead, row in _rows(work, wording, leads, name=name).items() if lead in meant}
                work.leads.take_back(name, sorted(meant - rows.keys()), batch=batch)
                places += [target.send(batch, list(rows.values()))] if rows else []
                work.leads.intend(name, _contents(rows, wording), batch=batch, now=now())
            work.leads.confirm(name, batch=batch, now=now())
            work.commit()
    return places


def _send_new(begin: Begin, *, name: str, target: Target, wording: Wording) -> tuple[Counts, list[str]]:
    batch = now().strftime("%Y%m%dT%H%M%S.%fZ")  # two in one second are two, in their order
    with begin() as work:
        rows = _rows(work, wording, None, name=name)
        contents = _contents(rows, wording)
        known = work.leads.ledger(name)
        fresh = {lead: content for lead, content in contents.items() if known.get(lead) != content}
        work.leads.intend(name, fresh, batch=batch, now=now())
        work.commit()
    counts = {"leads": len(rows), "sent": len(fresh), "same": len(rows) - len(fresh)}
    if not fresh:
        return counts, []
    place = target.send(batch, [rows[lead] for lead in fresh])
    with begin() as work:
        work.leads.confirm(name, batch=batch, now=now())
        work.commit()
    return counts, [place]


def _rows(work: UnitOfWork, wording: Wording, leads: Sequence[int] | None, *, name: str) -> dict[int, Row]:
    """Leads as they are sent; of who asked not to be contacted only that, where the target has them from before."""
    found = work.leads.listing(qualified=leads is None, ids=leads)
    told = {lead["id"]: wording.row(lead) for lead in found if lead["suppressed_at"] is None}
    return told | {lead: wording.farewell(lead) for lead in work.leads.silenced(name)}


def _contents(rows: Mapping[int, Row], wording: Wording) -> dict[int, str]:
    """A keyed digest of each row: tells what changed without giving away what it was."""
    return {lead: wording.vault.fingerprint("export", digest(*row.values())) for lead, row in rows.items()}
