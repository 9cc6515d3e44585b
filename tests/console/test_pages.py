"""What visitors see behind a signpost, and what is never kept of them."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.console.conftest import GROUP_URL, RULES, Place
from tests.patience import within
from tests.stages.signposted import add_post, add_ticket
from yinliu.console.pictures import png_uri_of


def test_the_page_leads_to_the_group_with_room(place: Place) -> None:
    """Its QR and its address, the post it came from, whom to tell the code; counted once."""
    code = place.link(post_id=1, operator="小栗")
    page = place.visit(f"/j/{code}")
    assert page.status_code == 200
    assert all(word in page.text for word in ("露营同好群", "露营二群", "三顶入门帐篷", "小栗", code, "打开群链接"))
    assert png_uri_of(GROUP_URL) in page.text and f'href="{GROUP_URL}"' in page.text
    assert "hub.example/g/first" not in page.text and place.clicks() == 1


@pytest.mark.parametrize("path", ["/j/{code}/", "/j/{code}。快来", "/j/{code}?from=timeline", "/j/{upper}"])
def test_what_chats_make_of_a_link(place: Place, path: str) -> None:
    """A slash, words glued to it, a tracking parameter, capitals: it still leads there."""
    code = place.link(post_id=1)
    assert place.visit(path.format(code=code, upper=code.upper())).status_code == 200
    assert place.clicks() == 1


def test_every_answer_is_strict(place: Place) -> None:
    """No cookie, no cache, no referrer, no script, nothing from elsewhere."""
    code = place.link(post_id=1)
    for path in (f"/j/{code}", "/j/bad", "/nowhere", f"/j/{code}/qr.svg", "/healthz"):
        headers = place.visit(path).headers
        assert "set-cookie" not in headers
        assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert path == "/healthz" or headers["content-security-policy"].startswith("default-src 'none'")


def test_the_page_asks_for_nothing_else(place: Place) -> None:
    """No script, no font, no foreign picture; the only address is the group's."""
    text = place.visit(f"/j/{place.link(post_id=1)}").text
    assert "<script" not in text and "@import" not in text and "url(" not in text and " style=" not in text
    assert re.findall(r'(?:src|href)="(?!data:)([^"]+)"', text) == [GROUP_URL]


def test_the_style_is_the_one_that_is_allowed(place: Place) -> None:
    """Its digest stands in the policy."""
    import base64
    import hashlib

    page = place.visit(f"/j/{place.link(post_id=1)}")
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]


def test_a_full_community_says_so_kindly(place: Place) -> None:
    """With the code, and without any way in."""
    with place.app.begin() as work:
        work._session.connection().exec_driver_sql("UPDATE community_group SET taken = 2")
        work.commit()
    page = place.visit(f"/j/{place.link(community='camping')}")
    assert page.status_code == 200 and "满员" in page.text and "hub.example" not in page.text


def test_a_group_without_a_way_in(place: Place) -> None:
    """People are told how they are invited: by whoever gave them the link, or below the post it stands under."""
    place.rules("communities:\n  - {name: welcome, title: 来坐坐, capacity: 5, operators: [小栗]}\n")
    for link, way in (
        ({"campaign": "双十一"}, "发给分享链接给你的人"),
        ({"post_id": 1}, "留言或私信我们"),
        ({"post_id": 1, "operator": "小栗"}, "回复联系你的小栗"),
    ):
        page = place.visit(f"/j/{place.link(**link)}")
        assert "来坐坐" in page.text and way in page.text and "<img" not in page.text
        assert ("原文" in page.text) == (way == "留言或私信我们") and "运营会联系你" not in page.text
    listened(place)
    page = place.visit(f"/j/{place.link(post_id=1)}").text
    assert "在评论区留言“想进群”" in page and "运营会联系你" in page


def listened(place: Place) -> None:
    """Somebody commented under a post of its source before."""
    with place.app.begin() as work:
        add_ticket(work, 1, community="camping")
        work.commit()


@pytest.mark.parametrize(
    ("link", "way"),
    [
        ({"campaign": "双十一"}, "发给分享链接给你的人"),
        ({"post_id": 1}, "在原文留言或私信我们"),
        ({"post_id": 1, "operator": "小栗"}, "回复给小栗"),
    ],
)
def test_a_full_page_promises_only_what_happens(place: Place, link: dict[str, Any], way: str) -> None:
    """There is no list in order; who comments where comments are read is contacted when a seat is free."""
    with place.app.begin() as work:
        work._session.connection().exec_driver_sql("UPDATE community_group SET taken = 2")
        work.commit()
    code = place.link(community="camping", **link)
    page = place.visit(f"/j/{code}").text
    assert "满员" in page and way in page and "先后" not in page and "运营会联系你" not in page
    listened(place)
    heard = place.visit(f"/j/{code}").text
    assert ("有空位时，运营会联系你" in heard) == (link == {"post_id": 1}) and "先后" not in heard


@pytest.mark.parametrize(
    ("link", "said"), [({"campaign": "双十一"}, "活动入口还没准备好"), ({"post_id": 1}, "入口还没准备好")]
)
def test_a_link_whom_no_community_fits_is_not_ready(place: Place, link: dict[str, Any], said: str) -> None:
    """It is not closed: come back later; no code is shown, for nobody could use it."""
    place.rules("communities:\n  - {name: tea, title: 茶友, tier: paid, capacity: 5, operators: [小栗]}\n")
    code = place.link(**link)
    page = place.visit(f"/j/{code}")
    assert page.status_code == 200 and said in page.text and "请稍后再来" in page.text
    assert "关闭" not in page.text and code not in page.text and place.clicks() == 1


def test_the_words_beside_the_code(place: Place) -> None:
    """To whom it is sent, and why."""
    page = place.visit(f"/j/{place.link(post_id=1)}").text
    assert "进群后把口令发给运营" in page and "发了口令，我们就知道你从哪里来。" in page and "报上" not in page


def test_who_has_a_seat_finds_the_group_open(place: Place) -> None:
    """Their own group, though all its seats are held; when all have come, and for a group that is none, the page is
    everybody's."""
    code = place.link(community="camping", operator="小栗")
    with place.app.begin() as work:
        run = work._session.connection().exec_driver_sql
        run("UPDATE community_group SET taken = 2")
        work.commit()
    assert "满员" in place.visit(f"/j/{code}").text
    assert "hub.example/g/first" in place.visit(f"/j/{code}?g=one").text
    assert GROUP_URL in place.visit(f"/j/{code}?g=two").text
    for nonsense in ("three", "", "%00", "x" * 3000, "one%20", "<script>"):
        assert "满员" in place.visit(f"/j/{code}?g={nonsense}").text


def test_a_picture_that_is_missing_hides_no_other_group(place: Place) -> None:
    """The next one with a way in is shown."""
    groups = "{name: one, title: 一群, capacity: 9, qr: gone.png}, {name: two, title: 二群, capacity: 9, invite_url: 'https://x.example/2'}"
    place.rules(f"communities:\n  - {{name: camping, title: 露营, operators: [小栗], groups: [{groups}]}}\n")
    with place.app.begin() as work:
        work._session.connection().exec_driver_sql("UPDATE community_group SET taken = 0")
        work.commit()
    assert "https://x.example/2" in place.visit(f"/j/{place.link(community='camping')}").text


def test_a_community_that_is_gone(place: Place) -> None:
    """It says that it is closed; the link is counted all the same."""
    page = place.visit(f"/j/{place.link(community='former')}")
    assert page.status_code == 200 and "已关闭" in page.text and place.clicks() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/j/x",
        "/j/" + "0" * 18,
        "/j/" + "a" * 60_000,
        "/j/..%2f..%2fetc%2fpasswd",
        "/j/../../communities.yaml",
        "/j/%00",
        "/j/a%00b",
        "/j/%F0%9F%98%80",
        "/j/%ED%A0%80",
        "/j/%ff%fe",
        "/j/%",
        "/j/",
        "/j",
        "/",
        "/docs",
        "/openapi.json",
        "/j/'%20OR%201=1--",
        "/j/x/group",
        "/j/x/qr.svg",
        "/j/<script>alert(1)</script>",
        "/j/{{7*7}}",
    ],
)
def test_bad_codes_and_paths_are_answered_in_chinese(place: Place, path: str) -> None:
    """404 with what to do; nothing is repeated of them, nothing counted."""
    place.link(post_id=1)
    page = place.visit(path)
    assert page.status_code == 404 and "链接不完整" in page.text and "重新点一次" in page.text
    assert "alert" not in page.text and "49" not in page.text.split("</style>")[1] and place.clicks() == 0


@pytest.mark.parametrize("code", ["a" * 1_000_000, "\ud800", "\x00", "%" * 100_000, "&#" * 100_000, "😀" * 100_000])
def test_codes_that_no_client_would_send(place: Place, code: str) -> None:
    """Handed to the application below its server: refused too, and soon."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": f"/j/{code}", "query_string": b"", "headers": [], "app": None}
    with within(1):
        asyncio.run(place.client.app({**scope, "http_version": "1.1", "scheme": "http"}, receive, send))
    assert sent[0]["status"] == 404


def test_altered_codes_are_not_counted(place: Place) -> None:
    """Cut, longer, with two letters swapped."""
    code = place.link(post_id=1)
    for bad in (code[:-1], f"{code}7", code[1] + code[0] + code[2:], code[:9] + "…"):
        assert place.visit(f"/j/{bad}").status_code == (200 if bad == code else 404)
    assert place.clicks() == 0


def test_other_methods_are_refused(place: Place) -> None:
    """Nothing can be sent here."""
    code = place.link(post_id=1)
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert place.client.request(method, f"/j/{code}").status_code == 405
    assert place.clicks() == 0


def test_titles_are_escaped_masked_and_cut(place: Place) -> None:
    """Whatever a platform's title holds."""
    title = "<script>alert(1)</script>{{7*7}} 加我13812345678" + "长" * 500 + "\u202e\x00"
    with place.app.begin() as work:
        add_post(work, 2, title=title.replace("\x00", ""), topics=("how_to",))
        work.commit()
    text = place.visit(f"/j/{place.link(post_id=2)}").text
    assert "<script" not in text and "&lt;script&gt;" in text and "{{7*7}}" in text
    assert "13812345678" not in text and "长" * 80 not in text and "\u202e" not in text


def test_a_head_request_and_machines_do_not_count(place: Place) -> None:
    """They are answered as everybody is."""
    code = place.link(post_id=1)
    head = place.client.head(f"/j/{code}")
    assert (head.status_code, head.text) == (200, "")
    for headers in ({"User-Agent": "Googlebot/2.1"}, {"User-Agent": ""}, {"Sec-Purpose": "prefetch;prerender"}):
        assert place.visit(f"/j/{code}", headers=headers).status_code == 200
    place.visit(f"/j/{code}/qr.svg")
    place.visit(f"/j/{code}/group")
    assert place.clicks() == 0


def test_visits_of_many_at_once_are_all_counted(any_place: Place) -> None:
    """On either database."""
    code = any_place.link(post_id=1)
    with any_place.client, ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: any_place.visit(f"/j/{code}").status_code, range(80)))
    assert told == [200] * 80 and any_place.clicks() == 80


def test_changed_rules_are_seen_at_once(place: Place) -> None:
    """Closing a group, and opening it again; a file that is wrong meanwhile changes nothing."""
    code = place.link(community="camping")
    assert "露营二群" in place.visit(f"/j/{code}").text
    place.rules(RULES.replace("title: 露营二群, capacity: 2", "title: 露营二群, closed: true, capacity: 2"))
    assert "满员" in place.visit(f"/j/{code}").text
    place.rules("communities: [")
    assert "满员" in place.visit(f"/j/{code}").text
    place.rules(RULES.replace("露营二群", "露营新二群"))
    assert "露营新二群" in place.visit(f"/j/{code}").text
    (place.folder / "communities.yaml").unlink()
    assert "露营新二群" in place.visit(f"/j/{code}").text


def test_a_database_that_fails(place: Place) -> None:
    """503 with a word in Chinese, and health says so; bad codes do not even ask it."""
    code = place.link(post_id=1)
    assert place.visit("/healthz").json() == {"ok": True}
    with place.app.begin() as work:
        work._session.connection().exec_driver_sql("ALTER TABLE link RENAME TO lost")
        work.commit()
    page = place.visit(f"/j/{code}")
    assert (page.status_code, "稍后再试" in page.text, page.headers["retry-after"]) == (503, True, "60")
    assert place.visit("/j/bad").status_code == 404


def test_nothing_of_a_visitor_is_kept(place: Place) -> None:
    """Not their address, not their browser: a number a day is all that changes in the database."""
    code = place.link(post_id=1)
    with place.app.begin() as work:
        before = set(work._session.connection().connection.driver_connection.iterdump())
    place.visit(f"/j/{code}", headers={"X-Forwarded-For": "203.0.113.9", "Referer": "https://x.cn", "Cookie": "a=b"})
    with place.app.begin() as work:
        after = set(work._session.connection().connection.driver_connection.iterdump())
    (line,) = after - before
    assert re.fullmatch(r"INSERT INTO \"?click\"? VALUES\(1,'\d{4}-\d\d-\d\d',1\);", line)
