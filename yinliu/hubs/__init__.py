"""Where the communities' groups live: invited by hand, or by a program (Matrix)."""

from __future__ import annotations

from collections.abc import Mapping

from yinliu.hubs.hub import Hub
from yinliu.hubs.matrix import open_matrix
from yinliu.workspace.communities import Communities


def open_hubs(policy: Communities, *, environ: Mapping[str, str]) -> dict[str, Hub]:
    """The hubs that some community uses, by name; :class:`~yinliu.errors.Misconfigured` when a token is missing."""
    used = {rule.hub for rule in policy.communities}
    return {rule.name: open_matrix(rule, environ=environ) for rule in policy.hubs if rule.name in used}
