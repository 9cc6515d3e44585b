"""What an operator sends by hand: the words for one ticket, with a signpost of its own."""

from __future__ import annotations

from models.vault import Vault
from yinliu.errors import Misconfigured
from yinliu.hubs.manual import suggestion
from yinliu.language import Text
from yinliu.stages.counts import Begin, now
from yinliu.stages.links import address, link_for
from yinliu.workspace.communities import Communities


def suggested_words(begin: Begin, *, ticket: int, policy: Communities, vault: Vault, base: str | None) -> str:
    """The words and the link for a ticket's person; :class:`Misconfigured` for a ticket or community that is none.

    The link is the team's signpost for this post, community and operator, so that a join is credited to them.
    """
    with begin() as work:
        found = work.sends.place(ticket)
        rule = policy.by_name.get(found[1]) if found else None
        if found is None or rule is None:
            text = Text(
                f"没有编号为 {ticket} 的工单，或它的社群已不在 communities.yaml 里。yinliu queue list 列出全部。",
                f"there is no ticket {ticket}, or its community is not in communities.yaml any more.",
            )
            raise Misconfigured(text, code="no_ticket")
        name, _, group, operator, post = found
        code = link_for(work, key=vault.links_key, post_id=post, community=rule.name, operator=operator, now=now())
        work.commit()
    titles = {one.name: one.title for one in rule.all_groups}
    title = titles.get(group or "") or rule.title
    return suggestion(rule.words, name=name, group=title, link=address(code, base=base, group=group))
