"""Which posts carry no signpost."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest

from models.unit_of_work import UnitOfWork
from tests.stages.signposted import NOW, add_post
from yinliu.stages.audit import Audit, audit_links
from yinliu.stages.links import address, link_for

Begin = Callable[[], UnitOfWork]
KEY = bytes(32)
BASE = "https://go.example.com"


def audited(begin: Begin) -> Audit:
    """What the team is told."""
    with begin() as work:
        found = audit_links(work, key=KEY, base=BASE, now=NOW)
        work.commit()
    return found


@pytest.fixture
def link(begin: Begin) -> str:
    """A campaign's address."""
    with begin() as work:
        code = link_for(work, key=KEY, campaign="双十一", now=NOW)
        work.commit()
    return address(code, base=BASE)


def test_posts_without_a_signpost_are_listed_newest_first(begin: Begin, link: str) -> None:
    """Not those that carry one, nor those that are gone; each with the link to add, which is then found."""
    with begin() as work:
        for number in (1, 2, 3):
            add_post(work, number, published_at=NOW + timedelta(days=number))
        add_post(work, 4, body=f"进群：{link}")
        add_post(work, 5, gone_at=NOW)
        add_post(work, 6, published_at=None)
        work.commit()
    found = audited(begin)
    assert found.posts == 5 and [one.id for one in found.unsigned] == [3, 2, 1, 6]
    assert audited(begin) == found
    with begin() as work:
        for one in found.unsigned:
            work._session.connection().exec_driver_sql(f"UPDATE post SET body = '{one.link}' WHERE id = {one.id}")
        work.commit()
    assert audited(begin) == Audit(5, ())


@pytest.mark.parametrize("form", ["plain", "html", "percent", "wide", "state", "address"])
def test_a_signpost_counts_however_it_is_written(begin_sqlite: Begin, form: str) -> None:
    """Escaped, wide, as a QR's state, or in the post's own address."""
    with begin_sqlite() as work:
        code = link_for(work, key=KEY, campaign="双十一", now=NOW)
        link = address(code, base=BASE)
        body = {
            "plain": f"看{link}吧",
            "html": "".join(f"&#{ord(letter)};" for letter in link),
            "percent": quote(link, safe=""),
            "wide": "".join(chr(ord(letter) + 0xFEE0) for letter in link),
            "state": f"https://qr.example/?state={code}",
            "address": html.escape("a & b"),
        }[form]
        add_post(work, 1, body=body, url=f"https://x.cn/1?scene={code}" if form == "address" else "https://x.cn/1")
        work.commit()
    assert audited(begin_sqlite).unsigned == ()


def test_an_altered_signpost_is_told(begin: Begin, link: str) -> None:
    """A cut one too; a foreign /j/ is not ours."""
    with begin() as work:
        add_post(work, 1, body=f"{link[:-4]}…")
        add_post(work, 2, body=f"{link}zz")
        add_post(work, 3, body="https://meet.example/j/123456789")
        work.commit()
    told = {one.id: one.altered for one in audited(begin).unsigned}
    assert told == {1: (link[len(BASE) : -4],), 2: (f"{link[len(BASE) :]}zz",), 3: ()}


def test_a_link_that_was_followed_stands_somewhere(begin: Begin) -> None:
    """In a picture, say; unless an altered one must be mended."""
    with begin() as work:
        add_post(work, 1)
        add_post(work, 2, body=f"{BASE}/j/abc")
        work.commit()
    assert len(audited(begin).unsigned) == 2
    with begin() as work:
        for link in (1, 2):
            work.links.click(link, "2026-11-22")
        work.commit()
    assert [one.id for one in audited(begin).unsigned] == [2]


def test_a_link_sent_in_a_message_does_not_stand_in_the_post(begin: Begin) -> None:
    """An operator's link for the same post may be followed from anywhere."""
    with begin() as work:
        add_post(work, 1)
        link_for(work, key=KEY, post_id=1, operator="小李", now=NOW)
        work.links.click(1, "2026-11-22")
        work.commit()
    assert [one.id for one in audited(begin).unsigned] == [1]


@pytest.mark.parametrize("body", ["", "😀" * 1000, "&#" * 10_000, "%" * 10_000, f"{BASE}/j/" * 1000])
def test_odd_bodies(begin_sqlite: Begin, body: str) -> None:
    """They carry none."""
    with begin_sqlite() as work:
        add_post(work, 1, body=body)
        work.commit()
    assert len(audited(begin_sqlite).unsigned) == 1
