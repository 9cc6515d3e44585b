"""Opt-outs of an older release: of whom it was said, and who only left the same contact, is known afterwards."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

from models.database import upgrade
from tests.models.test_upgrade import _AT, fill, move, old, rows

__all__ = ["old"]

KNOWN = (
    "INSERT INTO account (id, source, platform, external_id, name) VALUES (2, 'blog', 'feed', 'a2', '乙'),"
    " (3, 'blog', 'feed', 'a3', '丙'), (4, 'blog', 'feed', 'a4', '丁')",
    "INSERT INTO comment (id, source, platform, external_id, post_external_id, account_id, text, flaws, content_hash,"
    " first_seen_at, changed_at) VALUES"
    + ", ".join(f" ({n}, 'blog', 'feed', 'c{n}', 'p1', {n}, '话', '[]', 'h', {_AT}, {_AT})" for n in (2, 3, 4)),
    "INSERT INTO tag (id, comment_id, kind, label, weight, version, evidence) VALUES"
    " (1, 1, 'guard', 'opt_out', 1, 'v1', '[]')",
    'INSERT INTO contact (id, comment_id, kind, value_cipher, value_hmac, masked, start, "end", rule) VALUES'
    + ", ".join(f" ({n}, {n}, 'phone', 'x', 'h', '1', 0, 1, 'mobile')" for n in (1, 2)),
    "INSERT INTO suppression (account_id, comment_id, actor, reason, happened_at) VALUES"
    f" (1, 1, 'yinliu', '', {_AT}), (2, 2, 'yinliu', '', {_AT}), (3, 3, 'yinliu', '', {_AT}),"
    f" (4, NULL, '小李', '电话', {_AT})",
)


def test_what_was_said_is_told_from_what_followed(old: Engine) -> None:
    """A comment that asks, an operator's word, a comment that leaves no contact; the other one only left a contact."""
    move(old, "0007")
    fill(old, KNOWN)
    upgrade(old)
    found = rows(old, "SELECT account_id, said FROM suppression ORDER BY account_id")
    assert [(account, bool(said)) for account, said in found] == [(1, True), (2, False), (3, True), (4, True)]


CHAINED = (
    "INSERT INTO account (id, source, platform, external_id, name) VALUES"
    + ", ".join(f" ({n}, 'blog', 'feed', 'a{n}', '甲')" for n in range(2, 10)),
    "INSERT INTO comment (id, source, platform, external_id, post_external_id, account_id, text, flaws, content_hash,"
    " first_seen_at, changed_at) VALUES"
    + ", ".join(f" ({n}, 'blog', 'feed', 'c{n}', 'p1', {n}, '话', '[]', 'h', {_AT}, {_AT})" for n in range(2, 10)),
    KNOWN[2],
    'INSERT INTO contact (id, comment_id, kind, value_cipher, value_hmac, masked, start, "end", rule) VALUES'
    " (1, 1, 'phone', 'x', 'a', '1', 0, 1, 'mobile'), (2, 2, 'phone', 'x', 'a', '1', 0, 1, 'mobile'),"
    " (3, 2, 'wechat', 'x', 'b', '1', 0, 1, 'wechat'), (4, 3, 'wechat', 'x', 'b', '1', 0, 1, 'wechat'),"
    " (5, 4, 'phone', 'x', 'c', '1', 0, 1, 'mobile'), (6, 5, 'phone', 'x', 'd', '1', 0, 1, 'mobile'),"
    " (7, 6, 'phone', 'x', 'd', '1', 0, 1, 'mobile'), (8, 7, 'phone', 'x', 'e', '1', 0, 1, 'mobile'),"
    " (9, 8, 'phone', 'x', 'e', '1', 0, 1, 'mobile')",
    "INSERT INTO suppression (account_id, comment_id, actor, reason, happened_at) VALUES"
    + ", ".join(f" ({n}, {'NULL' if n == 7 else n}, 'yinliu', '', {_AT})" for n in range(1, 9)),
)
"""1 asks, 2 shares a phone with 1, 3 a 微信 with 2. 4 shares with nobody; 5 and 6 share with each other.

Of 7 an operator said it; 8 shares with 7."""


def test_who_shares_a_contact_with_nobody_that_asked_did_ask(old: Engine) -> None:
    """Their comment was edited since: it has no tag now. Who follows from somebody, by whatever way, did not."""
    move(old, "0007")
    fill(old, CHAINED)
    upgrade(old)
    assert rows(old, "SELECT account_id FROM suppression WHERE NOT said ORDER BY account_id") == [(2,), (3,), (8,)]


def test_the_way_back_keeps_who_is_not_to_be_contacted(old: Engine) -> None:
    """What was taken back is forgotten, the suppressions that stand are not."""
    upgrade(old)
    with old.begin() as connection:
        connection.execute(text(KNOWN[-1].split(" (1,")[0] + f" (1, 1, 'yinliu', '', {_AT})"))
    move(old, "0007")
    assert rows(old, "SELECT account_id, comment_id, actor FROM suppression") == [(1, 1, "yinliu")]
    assert not {"misheard", "withdrawal"} & set(inspect(old).get_table_names())
