"""``yinliu link``, ``links``, ``audit-links``: signposts made, counted, and missed."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.contacts import mask_text
from yinliu.cli.door import LARGEST, Door
from yinliu.cli.names import community_named
from yinliu.errors import Misconfigured, NothingToDo
from yinliu.foreign import in_chinese
from yinliu.language import Text
from yinliu.leads.signposts import totals
from yinliu.stages.audit import Unsigned, audit_links
from yinliu.stages.counts import now
from yinliu.stages.links import address, destination, link_for
from yinliu.titles import Titles, titled
from yinliu.workspace.communities import CommunityRule
from yinliu.workspace.document import no_such

_TITLE = 40
_COUNTS = (("点击", "clicks"), ("工单", "tickets"), ("入群", "joins"))
_LISTED = (("口令", "code"), ("路标", "stands for"), ("运营", "operator"), *_COUNTS)


class By(StrEnum):
    """What links can be added up by, in English or Chinese."""

    post = "post"
    campaign = "campaign"
    community = "community"
    operator = "operator"
    post_zh = "文章"
    campaign_zh = "活动"
    community_zh = "社群"
    operator_zh = "运营"

    @property
    def column(self) -> str:
        """The column of a link that is meant."""
        return self.name.removesuffix("_zh")


def link(
    context: typer.Context,
    *,
    post: Annotated[int | None, typer.Option(max=LARGEST, help="文章编号，见 yinliu posts / a post's id")] = None,
    campaign: Annotated[str | None, typer.Option(help="活动名称 / a campaign")] = None,
    community: Annotated[str | None, typer.Option(help="社群的名称或标题（communities.yaml）/ a community")] = None,
    operator: Annotated[str | None, typer.Option(help="由谁发出 / whose link it is")] = None,
    qr: Annotated[Path | None, typer.Option(help="另存二维码，.svg 或 .png / also write its QR code")] = None,
) -> None:
    """生成（或取回）一个路标：短口令和它的链接。 / A signpost: its code and address."""
    door: Door = context.obj
    community = None if community is None else community_named(door.app.workspace.communities, community)
    _known(door, operator)
    key = door.app.vault.links_key
    with door.app.begin() as work:
        code = link_for(
            work,
            key=key,
            post_id=post,
            campaign=campaign,
            community=community,
            operator=operator,
            now=now(),
        )
        leads_to = destination(work, code, key=key, communities=door.app.workspace.communities.by_name)
        work.commit()
    base = door.app.workspace.general.link_url
    url = address(code, base=base)
    if qr is not None:
        _write(url, qr)
    door.give({"code": code, "url": url, "qr": str(qr) if qr else None, "community": leads_to and leads_to.name})
    door.say(Text(f"口令：{code}", f"code: {code}"))
    door.say(Text(f"链接：{url}", f"link: {url}"))
    if qr is not None:
        door.say(Text(f"二维码已写入 {qr}", f"wrote the QR code to {qr}"))
    _warn(door, leads_to)


def _warn(door: Door, leads_to: CommunityRule | None) -> None:
    if leads_to is None:
        door.say(
            Text(
                "注意：没有合适的社群，打开后会显示“还没准备好”。请用 --community 指明，"
                "或在 communities.yaml 里设一个不限话题、城市和意图的社群。",
                "mind: no community suits it, and its page says that it is not ready yet. Use --community, or add one"
                " for everybody.",
            )
        )
    warn_local(door)


def warn_local(door: Door) -> None:
    """Say that links open on this machine alone, where the team wrote no ``link_url``."""
    if door.app.workspace.general.link_url is None:
        door.say(
            Text(
                "注意：链接只在本机能打开。请在 yinliu.yaml 里写 link_url（别人打开时的网址）。",
                "mind: the link opens on this machine alone. Put link_url into yinliu.yaml.",
            )
        )


def links(
    context: typer.Context,
    by: Annotated[By | None, typer.Option(help="按文章、活动、社群或运营合计 / add up by")] = None,
) -> None:
    """全部路标，及各自的点击、工单与入群数。 / All signposts with clicks, tickets and joins."""
    door: Door = context.obj
    with door.app.reading() as work:
        rows = work.links.listing()
    if by is not None:
        _tell_totals(door, rows, by.column)
        return
    base = door.app.workspace.general.link_url
    door.give_lines([{**row, "post": _masked(row["post"]), "link": address(row["code"], base=base)} for row in rows])
    cells = [
        (
            row["code"],
            what(row, door.app.workspace.titles),
            row["operator"],
            row["clicks"],
            row["tickets"],
            row["joins"],
        )
        for row in rows
    ]
    door.table(Text(f"路标 {len(rows)} 个", f"{len(rows)} signposts"), _LISTED, cells)


def audit(context: typer.Context) -> None:
    """列出没有路标的文章（新的在前），并给出可添加的链接。 / Posts that carry no signpost."""
    door: Door = context.obj
    base, key = door.app.workspace.general.link_url, door.app.vault.links_key
    with door.app.begin() as work:
        found = audit_links(work, key=key, base=base, now=now())
        work.commit()
    if not found.unsigned:
        raise _nothing_missing(found.posts)
    door.give_lines([{**asdict(one), "title": _masked(one.title)} for one in found.unsigned])
    title = Text(
        f"{found.posts} 篇文章中 {len(found.unsigned)} 篇没有有效路标",
        f"{len(found.unsigned)} of {found.posts} posts carry no valid signpost",
    )
    door.say(title)
    for one in found.unsigned:
        _tell_missing(door, one)
    warn_local(door)


def _nothing_missing(posts: int) -> NothingToDo:
    text = Text(f"{posts} 篇文章都有路标。", f"all {posts} posts carry a signpost.")
    none = Text("还没有文章：先运行 yinliu crawl 和 load。", "no posts yet: `yinliu crawl` and `load` first.")
    return NothingToDo(text if posts else none, code="nothing_to_do")


def _known(door: Door, operator: str | None) -> None:
    """Refuse an operator that ``communities.yaml`` does not have."""
    rules = door.app.workspace.communities
    if operator is not None and operator not in rules.everybody:
        said = Text(
            f"communities.yaml 里没有名为 {operator!r} 的运营", f"communities.yaml has no operator {operator!r}"
        )
        raise Misconfigured(no_such(said, operator, rules.everybody), code="no_operator")


def _write(url: str, file: Path) -> None:
    from yinliu.console.pictures import write_qr

    try:
        write_qr(url, file)
    except ValueError as error:
        text = Text(f"二维码文件 {file} 应以 .svg 或 .png 结尾。", f"the file {file} must end in .svg or .png.")
        raise Misconfigured(text, code="bad_file") from error
    except OSError as error:
        text = Text(
            f"无法写入 {file}（{in_chinese(error.strerror)}）。请换一个位置。",
            f"cannot write {file} ({error.strerror}).",
        )
        raise Misconfigured(text, code="bad_file") from error


def _tell_totals(door: Door, rows: list[dict[str, Any]], by: str) -> None:
    found = totals(rows, "post_id" if by == "post" else by)
    titles = _titles(door, rows, by)
    shown = [{by: name, **({"title": titles[name]} if name in titles else {}), **sums} for name, sums in found.items()]
    door.give_lines(shown)
    named = {name: f"{name} {title}" if by == "post" else title for name, title in titles.items()}
    cells = [(named.get(name, name), *sums.values()) for name, sums in found.items()]
    head = {"post": "文章", "campaign": "活动", "community": "社群", "operator": "运营"}[by]
    door.table(Text("路标合计", "signposts added up"), ((head, by), ("路标", "links"), *_COUNTS), cells)


def _titles(door: Door, rows: list[dict[str, Any]], by: str) -> dict[object, Any]:
    """The titles of posts or communities by their number or name; campaigns and operators have none."""
    if by == "post":
        return {row["post_id"]: _masked(row["post"]) for row in rows}
    known = {row["community"] for row in rows if row["community"]} if by == "community" else ()
    return {name: str(titled(door.app.workspace.titles, "community", name)) for name in known}


def what(row: dict[str, Any], titles: Titles) -> str:
    """What a link stands for: its post, campaign and community."""
    post = f"{Text('文章', 'post')} {row['post_id']}《{_short(row['post'])}》" if row["post_id"] is not None else ""
    campaign = f"{Text('活动', 'campaign')} {row['campaign']}" if row["campaign"] else ""
    title = titled(titles, "community", row["community"] or "")
    community = str(Text(f"社群 {title.zh}", f"community {title.en}")) if row["community"] else ""
    return " · ".join(part for part in (post, campaign, community) if part)


def stands_for(row: dict[str, Any], titles: Titles) -> str:
    """The same, and whose link it is."""
    operator = str(Text(f"运营 {row['operator']}", f"operator {row['operator']}")) if row["operator"] else ""
    return " · ".join(part for part in (what(row, titles), operator) if part)


def _tell_missing(door: Door, one: Unsigned) -> None:
    """Lines, not a table: an address is copied whole."""
    door.say(f"\n{one.id}  {door.when(one.published_at)}  {_short(one.title)}  {one.url}")
    if one.altered:
        codes = "、".join(one.altered)
        door.say(Text(f"  口令不完整或被改过：{codes}", f"  cut or altered: {codes}"))
    door.say(Text(f"  可添加：{one.link}", f"  add: {one.link}"))


def _short(title: str | None) -> str:
    plain = _masked(title)
    return plain if len(plain) <= _TITLE else plain[: _TITLE - 1] + "…"


def _masked(text: str | None) -> str:
    return mask_text(text or "")
