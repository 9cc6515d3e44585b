"""The page on a phone, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from tests.console.conftest import PHONE, RULES, Place
from tests.patience import wait_until
from yinliu.bootstrap import find_browser
from yinliu.console.server import create_app
from yinliu.settings import Settings

BROWSER = find_browser(Settings())
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]
LONG = "特别长" * 20 + "W" * 40


@contextmanager
def serving(place: Place) -> Iterator[str]:
    """The server on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(create_app(place.app), port=0, access_log=False, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def phone(place: Place) -> Iterator[tuple[Page, str, list[Any]]]:
    """A page of 390 by 844 without JavaScript, the server's address, and what the browser complained about."""
    complaints: list[Any] = []
    with serving(place) as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        size: Any = {"width": 390, "height": 844}
        context = browser.new_context(viewport=size, user_agent=PHONE, java_script_enabled=False)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.on("request", lambda one: one.url.startswith((base, "data:")) or complaints.append(one.url))
        yield page, base, complaints
        assert context.cookies() == []
        browser.close()


def fits(page: Page) -> bool:
    """True where nothing reaches beyond the screen's width."""
    boxes = [one.bounding_box() for one in page.locator("main *:visible").all()]
    return all(box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 390.5) for box in boxes)


def test_the_page_fits_a_phone(place: Place, phone: tuple[Page, str, list[Any]]) -> None:
    """The QR is seen without scrolling, the button can be pressed; styles and pictures pass the policy."""
    page, base, complaints = phone
    page.goto(f"{base}/j/{place.link(post_id=1, operator='小栗')}")
    code, button = page.locator("img.qr").bounding_box(), page.locator("a.button").bounding_box()
    assert code and code["width"] >= 200 and code["y"] + code["height"] <= 844
    assert button and button["height"] >= 44
    assert fits(page) and complaints == [] and place.clicks() == 1


@pytest.mark.parametrize("state", ["open", "full", "bad", "closed", "unready"])
def test_long_names_do_not_widen_it(place: Place, phone: tuple[Page, str, list[Any]], state: str) -> None:
    """In every state of the page."""
    page, base, complaints = phone
    rules = RULES.replace("露营同好群", LONG).replace("露营二群", LONG)
    place.rules(rules.replace("capacity: 2", "capacity: 2, closed: true") if state == "full" else rules)
    if state == "unready":
        place.rules(rules.replace("title: 来坐坐", "tier: paid, title: 来坐坐"))
    links = {"closed": {"community": "former"}, "unready": {"campaign": LONG[:60]}}
    code = "x" if state == "bad" else place.link(**links.get(state, {"community": "camping"}))
    page.goto(f"{base}/j/{code}")
    wanted = {"open": "img.qr", "full": "text=满员", "bad": "text=链接不完整", "closed": "text=已关闭"}
    wanted |= {"unready": "text=活动入口还没准备好"}
    assert page.locator(wanted[state]).first.is_visible() and fits(page)
    assert [one for one in complaints if "404" not in str(one)] == []


def test_a_drawing_that_holds_a_script(place: Place, phone: tuple[Page, str, list[Any]]) -> None:
    """Is shown as a picture."""
    page, base, complaints = phone
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
    (place.folder / "a.svg").write_text(drawing)
    place.rules(RULES.replace("title: 露营二群", 'title: 露营二群, qr: "a.svg"'))
    page.goto(f"{base}/j/{place.link(community='camping')}")
    assert page.locator("img.qr").is_visible() and fits(page) and complaints == []
