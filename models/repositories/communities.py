"""Communities, groups and operators as ``communities.yaml`` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from models.repositories.bulk import Bulk

Row = dict[str, Any]

ASKED = """(SELECT CASE WHEN asked <= :now THEN asked ELSE :now END FROM (
    SELECT coalesce(published_at, first_seen_at) AS asked FROM comment WHERE comment.id = lead.comment_id) AS whose)"""
"""When a lead's comment was written; now, where the platform's clock is ahead of ours."""
_FORGET = f"""
    UPDATE lead SET route_note = NULL, route_at = CASE WHEN qualified THEN {ASKED} END WHERE route_note IS NOT NULL
"""  # noqa: S608 - our own words
_COMMUNITIES = "SELECT name, title, hub, position, rules FROM community"
_KEEP_COMMUNITY = """
    INSERT INTO community (name, title, hub, position, rules) VALUES (?, ?, ?, ?, '') ON CONFLICT (name)
    DO UPDATE SET title = excluded.title, hub = excluded.hub, position = excluded.position
"""
_FORGET_RULES = "UPDATE community SET rules = '' WHERE name = ?"
_KEEP_RULES = "UPDATE community SET rules = ? WHERE name = ? AND rules <> ?"
_GROUPS = "SELECT community, name, title, capacity, position, closed FROM community_group"
_KEEP_GROUP = """
    INSERT INTO community_group (community, name, title, capacity, position, closed) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (community, name) DO UPDATE SET title = excluded.title, capacity = excluded.capacity,
    position = excluded.position, closed = excluded.closed
"""
_CLOSE = "UPDATE community_group SET closed = ? WHERE community = ? AND name = ?"
_KEEP_OPERATOR = "INSERT INTO operator (name, turn, day, given) VALUES (?, 0, '', 0) ON CONFLICT (name) DO NOTHING"


class CommunityRows:
    """What the file says, kept in one session."""

    _bulk: Bulk

    def keep_communities(self, communities: Sequence[Row], groups: Sequence[Row], operators: Iterable[str]) -> bool:
        """Make communities, groups and operators be as ``communities.yaml`` says; True where rules changed.

        Nothing is deleted: a group that is not named any more is closed. What is as it was is not written. Rules count
        as changed until :meth:`keep_rules`.
        """
        rows = [tuple(row[name] for name in ("name", "title", "hub", "position")) for row in communities]
        known = {row[0]: row for row in self._bulk.find(_COMMUNITIES)}
        self._bulk.write(_KEEP_COMMUNITY, [row for row in rows if known.get(row[0], ())[:4] != row])
        named = {row[0] for row in rows}
        self._bulk.write(_FORGET_RULES, [(name,) for name, row in known.items() if name not in named and row[4]])
        self._keep_groups(groups)
        there = {name for (name,) in self._bulk.find("SELECT name FROM operator")}
        self._bulk.write(_KEEP_OPERATOR, [(name,) for name in operators if name not in there])
        return any(row["name"] not in known or known[row["name"]][4] != row["rules"] for row in communities)

    def keep_rules(self, communities: Sequence[Row], *, now: datetime) -> None:
        """All that changed rules ask for is done; leads that no community took are looked at again."""
        self._bulk.write(_KEEP_RULES, [(row["rules"], row["name"], row["rules"]) for row in communities])
        self._bulk.change(_FORGET, now=self._bulk.stamp(now))

    def _keep_groups(self, groups: Sequence[Row]) -> None:
        columns = ("community", "name", "title", "capacity", "position", "closed")
        rows = [tuple(row[name] for name in columns) for row in groups]
        known = {row[:2]: (*row[:5], bool(row[5])) for row in self._bulk.find(_GROUPS)}
        self._bulk.write(_KEEP_GROUP, [row for row in rows if known.get(row[:2]) != row])
        named = {row[:2] for row in rows}
        gone = [key for key, row in known.items() if key not in named and not row[5]]
        self._bulk.write(_CLOSE, [(True, *key) for key in gone])
