"""Whether somebody looks, or only a machine that makes a preview: decided by headers alone, which nobody keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MACHINES = re.compile(
    r"(?<!cu)bot|spider|crawl|preview|prefetch|slurp|facebookexternalhit|headless|lighthouse|monitor|uptime|embed"
    r"|inspect|mediapartners|googleother|link(service|check)|feishu-link|scan",
    re.IGNORECASE,
)
"""In user agents. Cubot makes phones."""
_BROWSERS = ("mozilla/", "opera/", "ucweb")
"""How the agents of browsers begin, also inside apps; libraries and previews say their own names first."""
_AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
_PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_LONGEST = 1000


def is_visit(method: str, headers: Mapping[str, str]) -> bool:
    """True for a person's visit: a GET by a browser that does not only look ahead."""
    agent = headers.get("user-agent", "")[:_LONGEST]
    ahead = any(_AHEAD.search(headers.get(name, "")[:_LONGEST]) for name in _PURPOSES)
    browser = agent.strip().lower().startswith(_BROWSERS)
    return method == "GET" and browser and not ahead and not _MACHINES.search(agent)
