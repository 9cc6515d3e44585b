"""The codes of everything that can go wrong while gathering, and what the caller can do about each.

``retry``: passing, ask again later. ``later``: the next crawl goes on by itself. ``act``: stays until somebody acts.
``skip``: this one thing cannot be read.
"""

from __future__ import annotations

from typing import Literal

Remedy = Literal["retry", "later", "act", "skip"]

REMEDIES: dict[str, Remedy] = {
    "address_not_allowed": "act",
    "api_refused": "act",
    "auth_expired": "act",
    "bad_http": "act",
    "bad_timestamp": "skip",
    "blocked_by_site": "act",
    "body_too_large": "skip",
    "browser_missing": "act",
    "charset_mismatch": "skip",
    "crawl_budget_exhausted": "later",
    "data_not_ready": "later",
    "decompressed_too_large": "skip",
    "empty_body": "skip",
    "file_not_recognised": "act",
    "file_not_used": "skip",
    "file_unreadable": "act",
    "foreign_address": "skip",
    "identity_conflict": "skip",
    "invalid_text": "skip",
    "ip_not_allowed": "act",
    "item_incomplete": "skip",
    "list_too_long": "act",
    "metric_regressed": "skip",
    "not_feed": "act",
    "not_found": "act",
    "not_html": "skip",
    "not_json": "act",
    "not_sitemap": "act",
    "nothing_read": "act",
    "permission_missing": "act",
    "quota_exhausted": "retry",
    "rate_limited": "retry",
    "redirect_forbidden": "act",
    "redirect_loop": "act",
    "response_too_slow": "retry",
    "robots_disallowed": "act",
    "robots_unavailable": "retry",
    "rsshub_failed": "retry",
    "rsshub_refused": "act",
    "secret_missing": "act",
    "server_error": "retry",
    "site_unreachable": "retry",
    "too_many_redirects": "act",
    "truncated": "retry",
    "unreadable": "skip",
    "walk_cut_short": "act",
    "xml_entities_refused": "act",
}


class CrawlProblem(Exception):
    """Raised where a response is refused; carries a code of :data:`REMEDIES` and the value against its limit."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
