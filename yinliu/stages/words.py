"""What an operator sends by hand: the words for one ticket, with a signpost of its own."""

from __future__ import annotations

from models.repositories.tickets import Standing
from models.vault import Vault
from yinliu import wording
from yinliu.errors import Misconfigured
from yinliu.hubs.manual import suggestion
from yinliu.language import Text
from yinliu.leads.tickets import UNTOUCHED
from yinliu.stages.counts import Begin, now
from yinliu.stages.holding import check_person, standing_of
from yinliu.stages.links import address, link_for
from yinliu.workspace.communities import Communities


def suggested_words(begin: Begin, *, ticket: int, policy: Communities, vault: Vault, base: str | None) -> str:
    """The words and the link for a ticket's person, who is still to be brought into the community.

    The link is the team's signpost for this post, community and operator, so that a join is credited to them.
    :class:`Misconfigured` for a ticket or community that is none; :class:`~yinliu.errors.ActionNeeded` for somebody
    who asked not to be contacted, or is a member.
    """
    with begin() as work:
        standing = standing_of(work, ticket)
        found, rule = work.sends.place(ticket), policy.by_name.get(standing.community)
        if found is None or rule is None:
            raise _no_community(standing)
        check_person(work, standing)
        if standing.state not in UNTOUCHED:
            raise _not_invited(standing)
        name, _, group, operator, post = found
        code = link_for(work, key=vault.links_key, post_id=post, community=rule.name, operator=operator, now=now())
        work.commit()
    titles = {one.name: one.title for one in rule.all_groups}
    title = titles.get(group or "") or rule.title
    return suggestion(rule.words, name=name, group=title, link=address(code, base=base, group=group))


def _no_community(found: Standing) -> Misconfigured:
    text = Text(
        f"工单 {found.ticket} 的社群 {found.community} 已不在 communities.yaml 里，没有话术。",
        f"the community {found.community} of ticket {found.ticket} is not in communities.yaml any more.",
    )
    return Misconfigured(text, code="no_community")


def _not_invited(found: Standing) -> Misconfigured:
    text = Text(
        f"工单 {found.ticket} 现在是{wording.state(found.state).zh}（{found.state}），不用邀约，没有话术。",
        f"ticket {found.ticket} is {found.state}: there is nobody to invite.",
    )
    return Misconfigured(text, code="not_to_invite")
