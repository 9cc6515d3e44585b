"""Matrix ids: ``@name:server.tld``, as the Matrix specification (appendix "User Identifiers") writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.contacts.views import Views
from nlp.tags import Contact

_LONGEST = 255
_LABEL = r"[a-z0-9-]{1,63}"
_ID = re.compile(
    r"(?<![a-z0-9._=/+@-])@(?P<name>[a-z0-9._=/+-]{1,64}):(?!www\.)"
    rf"(?:(?:{_LABEL}\.){{1,8}}[a-z]{{2,24}}(?::[0-9]{{2,5}})?|(?:{_LABEL}|[0-9.]{{7,15}}):[0-9]{{4,5}})"
    r"(?![a-z0-9@/_-])"
)
"""A server has a dot and a top domain, or a port of four or five digits: ``@wang:hello`` only speaks to somebody."""


def find_matrix(views: Views) -> Iterator[Contact]:
    """Ids as written, in lower case; what people write behind a mention (``@小王:你好``) is none."""
    plain = views.plain
    if "@" not in plain or ":" not in plain:
        return
    for found in _ID.finditer(plain):
        if len(found[0]) <= _LONGEST:
            yield Contact("matrix", found[0], found.start(), found.end(), "matrix")
