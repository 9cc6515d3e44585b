"""Who wrote: one account an external id and platform, with its newest name."""

from __future__ import annotations

from collections.abc import Mapping

from models.repositories.bulk import Bulk

REMEMBERED = 50_000
"""External ids kept in memory; with more, it begins anew: a load's memory does not grow with its file."""

READERS = frozenset(("feed", "file", "json", "page", "table", "wechat_mp", "wordpress"))
"""What a platform is called where only the way is known in which its source is read: it names no platform yet.

All that older releases stored is so. What is seen again under a platform's name was meant then as well; and what is
seen again without one is of the platform that is known.
"""

_FIND = "SELECT external_id, id, name, platform FROM account WHERE source = :source AND external_id {keys}"
_QUALIFY_AGAIN = (
    "UPDATE comment SET qualified_version = NULL WHERE account_id {accounts} AND qualified_version IS NOT NULL"
)


class Accounts:
    """The ids of one source's accounts on one platform; those asked for lately need no question."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._of = ("", "")
        self._known: dict[str, tuple[int, str | None]] = {}

    def ids(self, names: Mapping[str, str | None], *, source: str, platform: str) -> dict[str, int]:
        """The ids of accounts by external id; new ones are added, a name that changed is kept (None changes none)."""
        self._remember(names, source, platform)
        self._add([key for key in names if key not in self._known], names, source, platform)
        known = self._known
        renamed = [(name, known[key][0]) for key, name in names.items() if name is not None and name != known[key][1]]
        self._bulk.write("UPDATE account SET name = ? WHERE id = ?", sorted(renamed, key=lambda row: row[1]))
        known.update({key: (known[key][0], name) for key, name in names.items() if name is not None})
        return {key: known[key][0] for key in names}

    def _remember(self, names: Mapping[str, str | None], source: str, platform: str) -> None:
        if (source, platform) != self._of or len(self._known) > REMEMBERED:
            self._of, self._known = (source, platform), {}
        asked = [key for key in names if key not in self._known]
        if not asked:
            return
        nameless: dict[str, tuple[int, str | None]] = {}
        named: dict[str, list[tuple[int, str | None]]] = {}
        for key, identity, name, known_on in self._bulk.find(_FIND, {"keys": asked}, source=source):
            if known_on == platform:
                self._known[key] = (identity, name)
            elif known_on in READERS:
                nameless[key] = (identity, name)
            elif platform in READERS:
                named.setdefault(key, []).append((identity, name))
        self._give_platform({key: one for key, one in nameless.items() if key not in self._known}, platform)
        alone = {key: some[0] for key, some in named.items() if len(some) == 1}
        self._known.update({key: one for key, one in alone.items() if key not in self._known})

    def _give_platform(self, nameless: Mapping[str, tuple[int, str | None]], platform: str) -> None:
        """Accounts of which no platform was known are these; whose they are is worked out again."""
        rows = [(platform, identity) for identity, _ in sorted(nameless.values(), key=lambda one: one[0])]
        if not rows:
            return
        self._bulk.write("UPDATE account SET platform = ? WHERE id = ?", rows)
        self._bulk.change(_QUALIFY_AGAIN, {"accounts": [identity for _, identity in rows]})
        self._known.update(nameless)

    def _add(self, new: list[str], names: Mapping[str, str | None], source: str, platform: str) -> None:
        if not new:
            return
        ids = dict(zip(new, self._bulk.new_ids("account", len(new)), strict=True))
        rows = [(identity, source, platform, key, names[key]) for key, identity in ids.items()]
        self._bulk.insert("account", "id, source, platform, external_id, name", rows)
        self._known.update({key: (identity, names[key]) for key, identity in ids.items()})
