"""export: each lead once for each of its states, a file whole or not at all, and nothing twice after a kill."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from models.people import CrmExport
from tests.stages.team import HOT, KeywordTagger, Team, buyers, comment, post
from yinliu.crm.csv_file import HEADER, CsvFolder
from yinliu.errors import RetryLater
from yinliu.language import Text
from yinliu.locks import only_one
from yinliu.stages.export import FAREWELL

HEARING = KeywordTagger(words=(*KeywordTagger().words, ("联系我", "guard", "opt_out")))
"""A tagger that hears who asks not to be contacted."""


class Killed(BaseException):
    """The process ends here."""


class DiesBefore(CsvFolder):
    """A target that is killed after the ledger was written and before the file."""

    def send(self, batch: str, rows: Sequence[Mapping[str, str]]) -> str:
        """Never sends."""
        raise Killed


class DiesAfter(CsvFolder):
    """A target that is killed after the file was written and before the ledger says so."""

    def send(self, batch: str, rows: Sequence[Mapping[str, str]]) -> str:
        """Send, then die."""
        super().send(batch, rows)
        raise Killed


def rows(path: str | Path) -> list[dict[str, str]]:
    """A file's rows as a spreadsheet reads them."""
    return list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8-sig"), newline="")))


def sent(team: Team) -> list[dict[str, str]]:
    """The rows of every file, in order."""
    return [row for path in sorted((team.data / "exports").glob("*.csv")) for row in rows(path)]


def test_a_file_is_as_excel_in_china_wants_it(team: Team) -> None:
    """BOM, CRLF, phone as text, times of the team's zone, readable by its owner only."""
    team.hear(post(), comment("c1", f"{HOT} 微信 abc_1234"))
    team.route()
    counts, (place,) = team.export()
    assert counts == {"leads": 1, "sent": 1, "same": 0, "resumed": 0}
    raw = Path(place).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert stat.S_IMODE(Path(place).stat().st_mode) == 0o600
    (row,) = rows(place)
    assert tuple(row) == HEADER
    assert (row["手机"], row["微信"], row["昵称"]) == ("\t13912345678", "\tabc_1234", "小王")
    assert (row["留言时间"], row["社群"], row["工单状态"]) == ("2026-11-16 09:02:00", "all", "已分配")


def test_every_kind_of_contact_has_its_column(team_sqlite: Team) -> None:
    """A Matrix id too, as text: it begins like a formula."""
    team_sqlite.hear(post(), comment("c1", f"{HOT} 我的 Matrix 是 @xiaowang:matrix.org"))
    _, (place,) = team_sqlite.export()
    (row,) = rows(place)
    assert (row["Matrix"], row["邮箱"]) == ("\t@xiaowang:matrix.org", "")


def test_a_lead_is_sent_once(team: Team) -> None:
    """A second export has nothing to send and writes no file."""
    team.hear(post(), *buyers(3))
    team.export()
    counts, places = team.export()
    assert (counts["sent"], counts["same"], places) == (0, 3, [])
    assert len(sent(team)) == 3


def test_a_changed_lead_is_sent_again_under_its_id(team: Team) -> None:
    """Alone, even within the same second."""
    team.hear(post(), *buyers(2))
    team.export()
    team.hear(comment("c9", "好看", "买家0"))
    counts, _ = team.export()
    assert counts["sent"] == 1
    ids = [row["线索编号"] for row in sent(team)]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_a_lead_that_is_again_what_it_was_is_sent_again(team: Team) -> None:
    """Else the CRM would keep the state in between."""
    team.hear(post(), comment("c1", HOT))
    team.route()
    team.export()
    team.move(1, "queued")
    team.export()
    team.move(1, "assigned")
    assert team.export()[0]["sent"] == 1
    assert [row["工单状态"] for row in sent(team)] == ["已分配", "待分配", "已分配"]
    assert team.export()[0]["sent"] == 0


def test_only_qualified_leads_are_sent(team: Team) -> None:
    """The others stay here."""
    team.hear(post(), comment("c1", HOT), comment("c2", "想买", "小张"))
    team.export()
    assert [row["昵称"] for row in sent(team)] == ["小王"]


def test_who_opts_out_after_they_were_sent_is_taken_back_once(team: Team) -> None:
    """Sales is told not to contact them, by the lead's number and nothing else; who was never sent is never told of."""
    team.tagger = HEARING
    team.hear(post(), *buyers(3))
    team.export()
    team.hear(comment("c8", "别再联系我了", "买家1"), comment("c9", f"{HOT} 别联系我", "老李"))
    counts, (place,) = team.export()
    (row,) = rows(place)
    assert (counts["sent"], row["工单状态"]) == (1, FAREWELL)
    assert {name for name, value in row.items() if value} == {"线索编号", "工单状态"}
    assert [one["昵称"] for one in sent(team) if one["线索编号"] == row["线索编号"]] == ["买家1", ""]
    assert team.export()[0]["sent"] == 0


def test_a_farewell_that_was_cut_off_is_made_good(team: Team) -> None:
    """A kill before its file: the next export sends it, once."""
    team.tagger = HEARING
    team.hear(post(), comment("c1", HOT))
    team.export()
    team.hear(comment("c2", "别再联系我了"))
    with pytest.raises(Killed):
        team.export(DiesBefore(team.data / "exports"))
    _, (place,) = team.export()
    assert [row["工单状态"] for row in rows(place)] == [FAREWELL]
    assert team.export()[1] == []


def test_a_kill_before_the_file_is_made_good_once(team: Team) -> None:
    """The next export sends the batch, and nothing else."""
    team.hear(post(), *buyers(3))
    with pytest.raises(Killed):
        team.export(DiesBefore(team.data / "exports"))
    assert sent(team) == []
    counts, places = team.export()
    assert (counts["resumed"], counts["sent"], len(places)) == (1, 0, 1)
    assert len(sent(team)) == 3
    assert team.export() == ({"leads": 3, "sent": 0, "same": 3, "resumed": 0}, [])


def test_a_kill_after_the_file_sends_nothing_twice(team: Team) -> None:
    """The batch is found where it lies."""
    team.hear(post(), *buyers(3))
    with pytest.raises(Killed):
        team.export(DiesAfter(team.data / "exports"))
    counts, places = team.export()
    assert (counts["resumed"], counts["sent"], places) == (0, 0, [])
    assert len(sent(team)) == 3
    assert all(at is not None for (at,) in team.rows(CrmExport.sent_at))


def test_a_lead_that_changed_after_a_kill_is_sent_as_it_is_now(team: Team) -> None:
    """Once, with the batch that was interrupted."""
    team.hear(post(), comment("c1", HOT))
    with pytest.raises(Killed):
        team.export(DiesBefore(team.data / "exports"))
    team.hear(comment("c2", "好看"))
    team.export()
    assert team.export()[0]["sent"] == 0
    assert [row["评分"] for row in sent(team)] == ["120"]


def test_no_half_file_is_left(team_sqlite: Team) -> None:
    """Only finished batches have the name of one."""
    team_sqlite.hear(post(), *buyers(2))
    team_sqlite.export()
    names = [path.name for path in (team_sqlite.data / "exports").iterdir()]
    assert len(names) == 1
    assert names[0].startswith("leads-")


def test_one_export_at_a_time(team_sqlite: Team) -> None:
    """A second one is told to come later."""
    with only_one(team_sqlite.data / "csv.lock", what=Text("导出", "export")):
        with pytest.raises(RetryLater):
            team_sqlite.export()


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "＝1+1", "　 =1+1", "@SUM(A1)", "+1", "-1", "\t=1"])
def test_a_name_is_never_a_formula(team_sqlite: Team, name: str) -> None:
    """Nor is a comment."""
    team_sqlite.hear(post(), comment("c1", f"{name} {HOT}", name))
    team_sqlite.export()
    (row,) = sent(team_sqlite)
    assert row["昵称"].startswith("'")
    assert row["留言"].startswith("'")


def test_the_ledger_does_not_tell_who(team_sqlite: Team) -> None:
    """Its digests are keyed: the same content under another key has another one."""
    team_sqlite.hear(post(), comment("c1", HOT))
    team_sqlite.export()
    ((digest,),) = team_sqlite.rows(CrmExport.content_hash)
    (lead,) = team_sqlite.leads().values()
    row = team_sqlite.wording.row(lead)
    assert HOT not in digest
    assert "13912345678" not in digest
    assert row["手机"] == "13912345678"
