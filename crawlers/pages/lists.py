"""A page that lists posts."""

from __future__ import annotations

from crawlers.pages.options import ListSelectors
from crawlers.pages.selectors import parse_root, pick_addresses


def parse_links(text: str, *, url: str, selectors: ListSelectors) -> tuple[list[str], str | None]:
    """The posts' addresses on a list page, each once, and the next list page's address."""
    root = parse_root(text)
    links = pick_addresses(root, selectors.links, base=url)
    following = pick_addresses(root, selectors.next, base=url)
    return list(dict.fromkeys(links)), next(iter(following), None)
