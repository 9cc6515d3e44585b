"""Who wrote: one account an external id, with its newest name."""

from __future__ import annotations

from collections.abc import Mapping

from models.repositories.bulk import Bulk

REMEMBERED = 50_000
"""External ids kept in memory; with more, it begins anew: a load's memory does not grow with its file."""

_FIND = "SELECT external_id, id, name FROM account WHERE source = :source AND external_id {keys}"


class Accounts:
    """The ids of one source's accounts; those asked for lately need no question."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._source = ""
        self._known: dict[str, tuple[int, str | None]] = {}

    def ids(self, names: Mapping[str, str | None], *, source: str, platform: str) -> dict[str, int]:
        """The ids of accounts by external id; new ones are added, a name that changed is kept (None changes none)."""
        self._remember(names, source)
        self._add([key for key in names if key not in self._known], names, source, platform)
        known = self._known
        renamed = [(name, known[key][0]) for key, name in names.items() if name is not None and name != known[key][1]]
        self._bulk.write("UPDATE account SET name = ? WHERE id = ?", sorted(renamed, key=lambda row: row[1]))
        known.update({key: (known[key][0], name) for key, name in names.items() if name is not None})
        return {key: known[key][0] for key in names}

    def _remember(self, names: Mapping[str, str | None], source: str) -> None:
        if source != self._source or len(self._known) > REMEMBERED:
            self._source, self._known = source, {}
        asked = [key for key in names if key not in self._known]
        if asked:
            rows = self._bulk.find(_FIND, {"keys": asked}, source=source)
            self._known.update({key: (identity, name) for key, identity, name in rows})

    def _add(self, new: list[str], names: Mapping[str, str | None], source: str, platform: str) -> None:
        if not new:
            return
        ids = dict(zip(new, self._bulk.new_ids("account", len(new)), strict=True))
        rows = [(identity, source, platform, key, names[key]) for key, identity in ids.items()]
        self._bulk.insert("account", "id, source, platform, external_id, name", rows)
        self._known.update({key: (identity, names[key]) for key, identity in ids.items()})
