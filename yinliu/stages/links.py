"""Signposts (路标): made, followed, and credited with the people they brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from urllib.parse import quote

from models.repositories.links import StoredLink
from models.unit_of_work import UnitOfWork
from nlp.contacts import mask_text
from yinliu import wording
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.leads.codes import ROUTE, read, sign, typed
from yinliu.leads.signposts import Entrance, State, community_of, entrance
from yinliu.stages.counts import now as clock
from yinliu.workspace.communities import CommunityRule, GroupRule

DEFAULT_BASE = "http://127.0.0.1:8090"
"""Where addresses of links begin when ``yinliu.yaml`` has no ``link_url``."""
LONGEST_CAMPAIGN = 60


@dataclass(frozen=True, slots=True)
class Landing:
    """What the page behind a code shows.

    ``community`` None: there is no such community any more (``closed``), or none suits a link that names none
    (``unready``). ``heard``: who comments under the post is heard.
    """

    link: int
    code: str
    state: State
    community: CommunityRule | None
    entrance: Entrance | None
    post: str | None
    operator: str | None
    invited_to: str | None = None
    heard: bool = False
    campaign: str | None = None


def address(code: str, *, base: str | None, group: str | None = None) -> str:
    """A code's address; with the ``group`` in which a seat is held for who is to follow it."""
    return f"{base or DEFAULT_BASE}{ROUTE}{code}{invitation(group)}"


def invitation(group: str | None) -> str:
    """The end of an address that is given to somebody with a seat in a group; nothing without one."""
    return f"?g={quote(group, safe='')}" if group else ""


def link_for(
    work: UnitOfWork,
    *,
    key: bytes,
    post_id: int | None = None,
    campaign: str | None = None,
    community: str | None = None,
    operator: str | None = None,
    now: datetime | None = None,
) -> str:
    """The code of the link for this combination: always the same one. :class:`Misconfigured` for an unknown post,
    a campaign's name that is none, or no post, campaign and community at all."""
    name = None if campaign is None else _campaign(campaign)
    if post_id is None and name is None and community is None:
        text = Text(
            "路标要指明文章、活动或社群：--post、--campaign、--community 至少给一个。",
            "say what the link stands for: --post, --campaign or --community.",
        )
        raise Misconfigured(text, code="bad_link")
    if post_id is not None and work.links.post(post_id) is None:
        text = Text(f"没有编号为 {post_id} 的文章。yinliu posts 列出全部。", f"no post {post_id}; see `yinliu posts`.")
        raise Misconfigured(text, code="no_post")
    made = partial(sign, key=key)
    return work.links.keep(
        sign=made, post_id=post_id, campaign=name, community=community, operator=operator, now=now or clock()
    )


def destination(
    work: UnitOfWork, code: str, *, key: bytes, communities: Mapping[str, CommunityRule]
) -> CommunityRule | None:
    """The community that a code leads to now; None where none suits it."""
    link = _link(work, code, key=key)
    return None if link is None else _community(work, link, communities)


def follow(
    work: UnitOfWork,
    code: str,
    *,
    key: bytes,
    communities: Mapping[str, CommunityRule],
    today: date,
    drawn: Callable[[GroupRule], bool] = lambda group: True,
    invited_to: str | None = None,
) -> Landing | None:
    """What the page behind a code shows on the team's ``today``; None for a code that is none.

    ``drawn`` and ``invited_to``: see :func:`~yinliu.leads.signposts.entrance`.
    """
    link = _link(work, code, key=key)
    if link is None:
        return None
    title = None if link.post_id is None else work.links.post(link.post_id)
    rule = _community(work, link, communities)
    shown = partial(Landing, link.id, link.code, post=title, operator=link.operator, campaign=link.campaign)
    if rule is None:
        return shown("unready" if link.community is None else "closed", None, None)
    way = entrance(rule, work.links.groups(rule.name), today=today, drawn=drawn, invited_to=invited_to)
    heard = link.post_id is not None and work.links.is_heard(link.post_id)
    return shown("open" if way else "full", rule, way, invited_to=invited_to, heard=heard)


def credit(
    work: UnitOfWork, ticket: int, code: str, *, key: bytes, actor: str = "yinliu", now: datetime | None = None
) -> None:
    """Credit a ticket to a link's post, campaign and operator; the same code again changes nothing.

    :class:`Misconfigured` for a code that is none (``bad_code``) or was made for another community
    (``other_community``), an unknown ticket (``no_ticket``), one that is credited to another link already
    (``credited_already``) and one whose person did not come (``not_joined``). The caller commits.
    """
    link = link_of(work, code, key=key)
    standing, (_, before) = work.links.ticket_standing(ticket), work.links.ticket_link(ticket)
    if standing is None:
        text = Text(f"没有编号为 {ticket} 的工单。yinliu queue list 列出全部。", f"there is no ticket {ticket}.")
        raise Misconfigured(text, code="no_ticket")
    if before == link.id:
        return
    check_community(work, link, community=standing[1], who=Text(f"工单 {ticket}", f"ticket {ticket}"))
    if work.links.credit(ticket, link=link.id, actor=actor, reason=f"credited:{link.code}", now=now or clock()):
        return
    _, before = work.links.ticket_link(ticket)
    if before is None:
        raise _not_joined(ticket, standing[0])
    if before != link.id:
        raise _credited_already(ticket, work.links.get(before), link)


def link_of(work: UnitOfWork, code: str, *, key: bytes) -> StoredLink:
    """The link of a code as somebody pasted it; :class:`Misconfigured` (``bad_code``) where it is none of ours."""
    link = _link(work, typed(code), key=key)
    if link is None:
        raise bad_code(code)
    return link


def check_community(work: UnitOfWork, link: StoredLink, *, community: str, who: Text) -> None:
    """:class:`Misconfigured` (``other_community``) where a link was made for another community than theirs."""
    if link.community is None or link.community == community:
        return
    made, there = work.links.community_title(link.community), work.links.community_title(community)
    text = Text(
        f"口令 {link.code} 是社群「{made}」的，{who.zh}进的是「{there}」，未作任何改动。请核对口令；"
        f"口令没错就登记到「{made}」，确实进了「{there}」就不带 --code 登记。",
        f"the code {link.code} was made for {made}, and {who.en} came to {there}. Nothing was changed. Check the code:"
        f" if it is right, note them in {made}; if they are in {there}, note them without --code.",
    )
    raise Misconfigured(text, code="other_community")


def bad_code(code: str) -> Misconfigured:
    """That a code was cut or altered, or is none of ours."""
    shown = mask_text(repr(code[:60])) + ("…" if len(code) > 60 else "")  # noqa: PLR2004
    text = Text(
        f"口令 {shown} 无效：可能抄错、少了几位或被改过。请对照对方发来的原文重输（18 位小写字母和数字），"
        "yinliu links 列出全部口令。",
        f"the code {shown} is none: mistyped, cut or altered. Type it again as it was sent (18 characters);"
        " `yinliu links` lists all codes.",
    )
    return Misconfigured(text, code="bad_code")


def _link(work: UnitOfWork, code: str, *, key: bytes) -> StoredLink | None:
    number = read(code, key=key)
    return None if number is None else work.links.get(number)


def _community(work: UnitOfWork, link: StoredLink, communities: Mapping[str, CommunityRule]) -> CommunityRule | None:
    if link.community is not None:
        return communities.get(link.community)
    about = {} if link.post_id is None else work.links.about(link.post_id)
    rules = list(communities.values())
    return community_of(rules, topics=about.get("topic", ()), cities=about.get("place", ()))


def _campaign(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_CAMPAIGN or not plain.isprintable():
        text = Text(
            f"活动名称 {name[:80]!r} 不可用：应为 1 到 {LONGEST_CAMPAIGN} 个可见字符。",
            f"the campaign's name {name[:80]!r} is none: 1 to {LONGEST_CAMPAIGN} visible characters.",
        )
        raise Misconfigured(text, code="bad_campaign")
    return plain


def _not_joined(ticket: int, state: str) -> Misconfigured:
    known = wording.state(state)
    text = Text(
        f"工单 {ticket} 现在是{known.zh}（{state}），不能计入口令：只有已加好友、已进群或留存的人才计入。"
        f"人到了就先登记：yinliu queue complete {ticket} --state joined。",
        f"ticket {ticket} is {state}: only who was added, joined or stayed is credited to a code."
        f" If they came, note it first: `yinliu queue complete {ticket} --state joined`.",
    )
    return Misconfigured(text, code="not_joined")


def _credited_already(ticket: int, before: StoredLink | None, link: StoredLink) -> Misconfigured:
    known = before.code if before else "?"
    text = Text(
        f"工单 {ticket} 已计入口令 {known}，不能再计入 {link.code}：一次入群只归功于一个路标。请核对口令；"
        f"之前记错了，用 yinliu queue credit {ticket} --undo 撤回。",
        f"ticket {ticket} is credited to {known}, not to {link.code} too: a join has one link. Check the code;"
        f" `yinliu queue credit {ticket} --undo` takes a wrong one back.",
    )
    return Misconfigured(text, code="credited_already")
