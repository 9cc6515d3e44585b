"""Where the communities' groups live: invited by hand, or by a program (Matrix)."""

from __future__ import annotations

from collections.abc import Mapping

from yinliu.hubs.hub import Hub, HubError, translated
from yinliu.hubs.matrix import open_matrix
from yinliu.workspace.communities import Communities, HubRule


def open_hubs(policy: Communities, *, environ: Mapping[str, str]) -> dict[str, Hub]:
    """The hubs that some community uses, by name; :class:`~yinliu.errors.Misconfigured` when a token is missing."""
    used = {rule.hub for rule in policy.communities}
    return {rule.name: open_matrix(rule, environ=environ) for rule in policy.hubs if rule.name in used}


def check_hub(rule: HubRule, *, policy: Communities, environ: Mapping[str, str]) -> None:
    """Ask a hub about every room of the communities that use it; raises what a command would end with."""
    hub = open_matrix(rule, environ=environ)
    places = [group for one in policy.communities if one.hub == rule.name for group in one.all_groups]
    for room in (group.room for group in places if group.room and not group.closed):
        try:
            hub.check(room)
        except HubError as error:
            raise translated(rule.name, error) from error
