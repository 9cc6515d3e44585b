"""One way to write statements for both databases.

``:name`` stands for one value, ``?`` for the values of a row, ``{name}`` after a column for "is one of these keys".
``@clock`` is the database's time, ``@once`` the same as one value an index can be searched by, ``@later`` that many
``:seconds`` after it, ``@lock`` what locks the rows found, ``@skip`` the same passing by those another has locked.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SQLITE = {
    "@clock": "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
    "@once": "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
    "@later": "(strftime('%Y-%m-%d %H:%M:%f', 'now', :seconds || ' seconds') || '000')",
    "@skip": "",
    "@lock": "",
    "@by_due": "INDEXED BY ix_ticket_due",
    "@each": "SELECT value AS name FROM json_each(:names)",
    "@some(": " IN (",
    "@end": ")",
}
# a volatile function cannot be searched by, a sub-select can; = ANY(ARRAY(…)) keeps to the index in a generic plan
_POSTGRES = {
    "@clock": "clock_timestamp()",
    "@once": "(SELECT clock_timestamp())",
    "@later": "(clock_timestamp() + make_interval(secs => :seconds))",
    "@skip": "FOR UPDATE SKIP LOCKED",
    "@lock": "FOR UPDATE",
    "@by_due": "",
    "@each": "SELECT unnest(:names::text[]) AS name",
    "@some(": " = ANY(ARRAY(",
    "@end": "))",
}
_KEYS = re.compile(r"\{([a-z_]+)\}")
_NAMED = re.compile(r"(?<!:):([a-z_]+)")


@lru_cache(maxsize=512)
def spoken(statement: str, sqlite: bool) -> str:
    """A statement in the words of one of the databases, and with its driver's marks for values."""
    for mark, words in (_SQLITE if sqlite else _POSTGRES).items():
        statement = statement.replace(mark, words)
    if sqlite:
        return _KEYS.sub(r" IN (SELECT value FROM json_each(:\1))", statement)
    return _NAMED.sub(r"%(\1)s", _KEYS.sub(r" = ANY(:\1)", statement))


@lru_cache(maxsize=512)
def spoken_of_rows(statement: str, sqlite: bool) -> str:
    """The same of a statement with ``?`` for the values of a row."""
    statement = spoken(statement, sqlite)
    return statement if sqlite else statement.replace("?", "%s")
