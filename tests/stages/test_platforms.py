"""One inbox with exports of several platforms, as the starter has it: who is one person there, and who is not."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from crawlers.exports.presets import shipped, shipped_names
from crawlers.items import to_record
from crawlers.platforms.file import FileOptions, FileSpider
from models.content import Account, Comment
from models.people import MergeEvent, Person
from tests.stages.team import HOT, MONDAY, KeywordTagger, Team
from yinliu import titles
from yinliu.errors import Misconfigured
from yinliu.stages.persons import merge, opt_out

WEIBO = {"like_count": "0", "create_date_time": "2026-11-10 10:00:00", "comment_like_count": "0"}
XHS = {"pictures": "", "like_count": "0", "sub_comment_count": 0}
DOUYIN = {"sub_comment_count": "0"}
BILI = {"like_count": "0", "sub_comment_count": "0"}
SHEETS: dict[str, tuple[str, dict[str, Any]]] = {
    "xhs": ("note_id", XHS),
    "douyin": ("aweme_id", DOUYIN),
    "bili": ("video_id", BILI),
    "weibo": ("note_id", WEIBO),
}

HEARING = KeywordTagger(words=(*KeywordTagger().words, ("退订", "guard", "opt_out")))


def said(sheet: str, key: str, who: str, text: str, *, name: str | None = None) -> tuple[str, dict[str, Any]]:
    """A line of what MediaCrawler writes of a platform's comments."""
    post, more = SHEETS[sheet]
    row = {"comment_id": key, post: f"post-{sheet}", "content": text, "nickname": name or f"{sheet}-{who}"}
    return sheet, row | {"user_id": who, "create_time": 1762740000, "parent_comment_id": "0"} | more


def crawl(team: Team, *lines: tuple[str, dict[str, Any]], named: bool = True) -> None:
    """Put exports into the inbox, gather, load, tag and qualify; not ``named``: as an older release did."""
    inbox = team.data / "inbox"
    for sheet, row in lines:
        path = inbox / sheet / "comments.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    options = FileOptions(name="inbox", platform="file", folder=inbox, settle_seconds=0)
    spider = FileSpider(options=options, cursor={}, since=None)
    records = [to_record(item) for item in spider.first_requests()]  # type: ignore[union-attr, arg-type]
    if not named:
        records = [{key: value for key, value in row.items() if key != "platform"} for row in records]
    team.land(*records, source="inbox", platform="file")
    team.load()
    team.tag()
    team.qualify()


def accounts(team: Team) -> list[tuple[Any, ...]]:
    """Every account with its platform and person."""
    with team.begin() as work:
        known = work.persons.accounts(person for (person,) in team.rows(Person.id))
    ids = dict(team.rows(Account.id, Account.external_id))
    return sorted((ids[one["id"]], one["platform"], person) for person, found in known.items() for one in found)


def test_one_phone_on_two_platforms_is_one_person(team: Team) -> None:
    """The auditor's first case: one lead, and so one ticket, though both exports lie in one inbox."""
    crawl(team, said("xhs", "x1", "u05", HOT), said("douyin", "7300", "d09", HOT))
    assert accounts(team) == [("d09", "douyin", 1), ("u05", "xiaohongshu", 1)]
    team.route()
    assert len(team.tickets()) == 1


def test_a_number_on_two_platforms_is_two_people(team: Team) -> None:
    """The auditor's second case: who opts out on 微博 silences nobody on B站."""
    team.tagger = HEARING
    crawl(team, said("weibo", "5000000001", "123456", "退订，别再联系我"), said("bili", "881", "123456", HOT))
    assert accounts(team) == [("123456", "bilibili", 1), ("123456", "weibo", 2)]
    assert [silent is not None for _, silent in team.rows(Person.id, Person.suppressed_at)] == [False, True]
    team.route()
    assert [row["name"] for row in team.tickets()] == ["bili-123456"]


def test_two_accounts_of_one_platform_are_still_two_people(team_sqlite: Team) -> None:
    """A contact that they share does not make them one, and nobody can: the platform is named."""
    crawl(team_sqlite, said("bili", "881", "9101", HOT), said("bili", "882", "9102", HOT))
    assert [person for *_, person in accounts(team_sqlite)] == [1, 2]
    with pytest.raises(Misconfigured, match="inbox"):
        merge(team_sqlite.begin, 1, 2, actor="店长", reason="")


def test_accounts_of_two_platforms_can_be_merged_by_hand(team_sqlite: Team) -> None:
    """Who left no contact on one of them."""
    crawl(team_sqlite, said("xhs", "x1", "u05", HOT), said("bili", "881", "9101", "想买"))
    merge(team_sqlite.begin, 1, 2, actor="店长", reason="同一个人")
    assert team_sqlite.rows(Person.id) == [(1,)]


TOLD = (
    ("a", said("xhs", "x1", "u05", "想买")),
    ("a", said("xhs", "x2", "u05", "微信 lily_8899")),
    ("b", said("douyin", "7301", "d09", "微信 lily_8899")),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_why_an_account_is_a_persons_says_the_contact_in_any_order(team_sqlite: Team, order: tuple[int, ...]) -> None:
    """One of the two stands for itself, the other was joined by the contact, whichever came first."""
    for place in order:
        crawl(team_sqlite, TOLD[place][1])
    assert len(team_sqlite.rows(Person.id)) == 1
    assert sorted(_known(team_sqlite)) == [("contact", 0.95), ("new", 1.0)]


def _known(team: Team) -> list[tuple[str, float]]:
    with team.begin() as work:
        found = work.persons.accounts(person for (person,) in team.rows(Person.id))
    return [(one["how"], one["confidence"]) for rows in found.values() for one in rows]


def test_undoing_a_merge_lets_accounts_stand_for_themselves_again(team: Team) -> None:
    """As before it."""
    crawl(team, said("xhs", "x2", "u05", "微信 lily_8899"))
    crawl(team, said("douyin", "7300", "d09", "想买"))
    crawl(team, said("douyin", "7301", "d09", "微信 lily_8899"))
    assert sorted(_known(team)) == [("contact", 0.95), ("new", 1.0)]
    ((event,),) = team.rows(MergeEvent.id)
    with team.begin() as work:
        work.identities.unmerge(event, actor="店长", now=MONDAY)
        work.commit()
    assert _known(team) == [("new", 1.0), ("new", 1.0)]


def test_who_an_older_release_kept_apart_is_one_when_the_inbox_is_read_again(team: Team) -> None:
    """Stored without platforms: accounts and comments keep their ids, no row is new, nothing is said anew."""
    crawl(team, said("xhs", "x1", "u05", HOT), said("douyin", "7300", "d09", HOT), named=False)
    assert len(team.rows(Person.id)) == 2
    before = team.rows(Comment.id, Comment.account_id, Comment.changed_at)
    crawl(team)
    assert team.rows(Comment.id, Comment.account_id, Comment.changed_at) == before
    assert accounts(team) == [("d09", "douyin", 1), ("u05", "xiaohongshu", 1)]


def test_two_whom_an_older_release_took_for_one_are_two_when_the_inbox_is_read_again(team: Team) -> None:
    """Who is read first keeps the account; the opt-out goes with its comment. Silence that was kept stays kept."""
    team.tagger = HEARING
    lines = said("weibo", "5000000001", "123456", "退订"), said("bili", "881", "123456", HOT)
    crawl(team, *lines, named=False)
    assert accounts(team) == [("123456", "file", 1)]
    crawl(team)
    assert accounts(team) == [("123456", "bilibili", 1), ("123456", "weibo", 2)]
    whose = dict(team.rows(Comment.external_id, Comment.account_id))
    assert sorted(team.rows(Account.id, Account.platform)) == sorted(
        [(whose["881"], "bilibili"), (whose["5000000001"], "weibo")]
    )
    assert [silent is not None for _, silent in team.rows(Person.id, Person.suppressed_at)] == [True, True]


@pytest.mark.parametrize(
    ("place", "platform"),
    [
        ("抖音/评论.csv", "douyin"),
        ("小红书评论.csv", "xiaohongshu"),
        ("评论.csv", "table"),
        ("抖音/小红书.csv", "table"),
    ],
)
def test_a_teams_own_table_is_of_the_platform_that_its_folder_says(
    team_sqlite: Team, tmp_path: Path, place: str, platform: str
) -> None:
    """Where it says one; else its accounts are the table's own."""
    path = team_sqlite.data / "inbox" / place
    path.parent.mkdir(parents=True)
    row = "1,2,小王,77,想买,2026-11-10 10:00"
    path.write_text(f"作品ID,评论ID,昵称,用户ID,评论内容,评论时间\n{row}\n", encoding="utf-8")
    crawl(team_sqlite)
    assert team_sqlite.rows(Account.platform) == [(platform,)]


def silence(team: Team, how: str) -> None:
    """Somebody of the team notes that the first person is not to be contacted."""
    if how == "ticket":
        team.route()
        team.move(team.tickets()[0]["id"], "opted_out")
    else:
        assert opt_out(team.begin, 1, actor="店长", reason="电话")


def silent(team: Team) -> list[bool]:
    """Which persons are not to be contacted; of nobody a ticket is under way."""
    team.route()
    assert {row["state"] for row in team.tickets()} <= {"opted_out"}
    return [at is not None for _, at in team.rows(Person.id, Person.suppressed_at)]


TABLE = f"作品ID,评论ID,昵称,用户ID,评论内容,评论时间\n1,2,小王,77,{HOT},2026-11-10 10:00\n"


@pytest.mark.parametrize("how", ["operator", "ticket"])
def test_a_table_that_moves_into_a_platforms_folder_is_of_the_same_people(team: Team, how: str) -> None:
    """And back: nobody who asked not to be is invited, and no lead is doubled."""
    root, folder = team.data / "inbox" / "评论.csv", team.data / "inbox" / "小红书" / "评论.csv"
    folder.parent.mkdir(parents=True)
    root.write_text(TABLE, encoding="utf-8")
    crawl(team)
    silence(team, how)
    for before, after in ((root, folder), (folder, root)):
        before.rename(after)
        crawl(team)
        assert accounts(team) == [("77", "xiaohongshu", 1)]
        assert silent(team) == [True]
        assert len(team.leads()) == 1


@pytest.mark.parametrize("how", ["operator", "ticket"])
def test_who_was_silenced_as_two_people_is_silent_as_each_of_them(team: Team, how: str) -> None:
    """An older release took them for one; nobody can tell which of them was meant."""
    crawl(
        team,
        said("weibo", "501", "123456", HOT),
        said("bili", "881", "123456", "想买，多少钱？13800138000"),
        named=False,
    )
    silence(team, how)
    crawl(team)
    assert {platform for _, platform, _ in accounts(team)} == {"bilibili", "weibo"}
    assert silent(team) == [True, True]


def test_who_is_known_of_a_platform_is_known_without_its_name(team: Team) -> None:
    """Somebody silent stays so, with what they wrote anew and with what they changed."""
    crawl(team, said("weibo", "501", "123456", HOT))
    silence(team, "operator")
    crawl(team, said("weibo", "502", "123456", HOT), said("weibo", "501", "123456", HOT + "！"), named=False)
    assert accounts(team) == [("123456", "weibo", 1)]
    assert silent(team) == [True]
    crawl(team)
    assert accounts(team) == [("123456", "weibo", 1)]
    assert set(team.rows(Comment.platform, Comment.account_id)) == {("weibo", 1)}


def test_every_platform_of_an_export_has_a_chinese_name() -> None:
    """As people call it."""
    named = {sheet.platform for name in shipped_names() for sheet in shipped(name).sheets if sheet.kind != "account"}
    assert all(titles.platform(str(name)).zh != name for name in named)
