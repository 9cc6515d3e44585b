"""Nothing foreign gets into the page: no markup, no contact detail, no request to anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import altair as alt
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from yinliu.language import Language, Text
from yinliu.reports.facts import CommunityLine, IntentLine, PostLine, ProblemLine, SourceLine, TopicLine, WeeklyFacts
from yinliu.reports.outside import clean, link
from yinliu.reports.panels import names, rows_of
from yinliu.reports.svg import inline
from yinliu.reports.weekly import render

PHONE = "13812345678"
HOSTILE = "</title></style></svg><script>alert('x')</script><img src=x onerror=\"y\"> {{ 7*7 }} & 🙂"
XML_NAMES = {"http://www.w3.org/2000/svg"}


class _Page(HTMLParser):
    """Collects the tags, attributes and identifiers of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def _mask(text: str) -> str:
    return re.sub(r"1\d{10}", "138****0000", text)


def _drawn_names(name: str) -> str:
    chart = alt.hconcat(names(rows_of([{"name": name}]), width=200, step=20))
    return inline(chart, name="n", title=name, description=name)


def _everywhere(facts: WeeklyFacts, text: str) -> WeeklyFacts:
    """The facts with this text in every place that a stranger or a team can write."""
    post = replace(facts.top_posts[0], title=text, source=text, platform=text, topics=(text, "sensitive-skin"))
    return replace(
        facts,
        team=text,
        topics=(TopicLine(text, text, 1, 9, 2),),
        intents=(IntentLine(text, 9, 3, text), IntentLine(text, 8, 0)),
        top_posts=(post,),
        sources=(SourceLine(text, text, 1, 9, 2, 1),),
        communities=(CommunityLine(text, text, 0, 3, 1, 2), CommunityLine(text, "", 5, 9, 0, 0)),
        problems=(ProblemLine(text, text, 1, Text(text, text), text),),
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_contact_details_are_masked_everywhere(full_week: WeeklyFacts, language: Language) -> None:
    """A phone number planted in every text is gone from the page, its charts and their descriptions."""
    page = render(_everywhere(full_week, f"加我{PHONE}领样品"), language=language, mask=_mask)
    assert PHONE not in page and "138****0000" in page
    assert any("138****0000" in drawing for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL))


def test_masking_comes_before_cutting(full_week: WeeklyFacts) -> None:
    """A number at the place where the summary cuts a title leaves no half of itself behind."""
    page = render(_everywhere(full_week, "长" * 30 + PHONE), mask=_mask)
    assert PHONE[:5] not in page


def test_a_number_hidden_by_invisible_characters_is_masked(full_week: WeeklyFacts) -> None:
    """Cleaning comes before masking, so zero-width characters hide nothing from it."""
    page = render(_everywhere(full_week, "\u200b".join(PHONE)), mask=_mask)
    assert PHONE not in page and "\u200b" not in page


def test_the_rules_version_is_shown_whole(full_week: WeeklyFacts) -> None:
    """Our own version looks like a number and is no contact; the mask leaves it alone."""
    assert "5204690c876f" in render(replace(full_week, model_version="5204690c876f"), mask=lambda text: text[:2])


def test_foreign_markup_stays_text(full_week: WeeklyFacts) -> None:
    """Tags, quotes and template braces in any text are shown as they were written."""
    page = render(_everywhere(full_week, HOSTILE), mask=str)
    parsed = _Page(page)
    assert not {"script", "img", "iframe", "object", "link", "base", "form", "foreignobject"} & set(parsed.tags)
    assert not [name for _, name, _ in parsed.attributes if name.startswith("on")]
    assert "{{ 7*7 }}" in page and "&lt;script&gt;" in page


@pytest.mark.parametrize("text", ["长" * 300, "W" * 300, "👩‍👩‍👧‍👦" * 60, "\ud800坏\x00字符", "\u202eabc\u2066", ""])
def test_odd_texts_do_not_break_the_page(full_week: WeeklyFacts, text: str) -> None:
    """Long, unbreakable, emoji, broken, right-to-left and empty texts all make a page that can be written."""
    page = render(_everywhere(full_week, text), mask=str)
    assert page.encode("utf-8").endswith(b"</html>")
    assert not re.search("[\x00\u202e\u2066]", page)


@pytest.mark.parametrize("edition", ["chinese_page", "english_page"])
def test_the_page_asks_nothing_from_outside(
    full_week: WeeklyFacts, edition: str, request: pytest.FixtureRequest
) -> None:
    """No script, no import, no image, no address but those of the posts."""
    page = str(request.getfixturevalue(edition))
    parsed = _Page(page)
    addresses = {value for _, name, value in parsed.attributes if re.match(r"(https?:)?//", value.strip())}
    assert addresses == {post.url for post in full_week.top_posts if post.url} | XML_NAMES
    assert {tag for tag, name, _ in parsed.attributes if name in {"href", "src", "xlink:href"}} == {"a"}
    assert (
        "script" not in parsed.tags and "@import" not in page and not re.search(r"url\(\s*['\"]?(http|//|data)", page)
    )


def test_ids_do_not_clash(chinese_page: str) -> None:
    """Every id is used once, and every reference inside a drawing has its target."""
    parsed = _Page(chinese_page)
    ids = [value for _, name, value in parsed.attributes if name == "id"]
    pointed = {target for _, _, value in parsed.attributes for target in re.findall(r"url\(#([^)]+)\)", value)}
    assert len(ids) == len(set(ids)) and pointed <= set(ids)


def test_the_same_facts_give_the_same_page(full_week: WeeklyFacts, chinese_page: str) -> None:
    """Rendering again in one process gives the same bytes, though Vega goes on counting its ids."""
    assert render(full_week, mask=str) == chinese_page


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_any_name_can_be_drawn(name: str) -> None:
    """Whatever a name is made of, once cleaned it can be drawn and read as XML."""
    assert fromstring(_drawn_names(clean(name))).get("role") == "img"


def test_names_that_look_like_svg_stay_as_they_are() -> None:
    """Text that resembles attributes or references is not rewritten with the real ones."""
    name = 'id="a" url(#b)'
    assert f">{name}</text>" in _drawn_names(name)


def test_charts_are_described(chinese_page: str) -> None:
    """Every drawing is an image with a title and a description that it names, and has no fixed size."""
    for opening, title in re.findall(r"(<svg[^>]*>)<title id=\"([^\"]+)\">", chinese_page):
        assert 'role="img"' in opening and f'aria-labelledby="{title} ' in opening and " width=" not in opening
    assert chinese_page.count("<desc ") == chinese_page.count("<svg ") == 6


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.com/x",
        "ftp://example.com/x",
        "https://",
        "http://[broken",
        "https://user:secret@example.com/",
        f"https://example.com/?tel={PHONE}",
        "https://example.com/?tel=%31%33812345678",
        "https://example.com/a\nb",
    ],
)
def test_doubtful_addresses_are_not_linked(full_week: WeeklyFacts, url: str) -> None:
    """Only plain http and https addresses that show nobody's number become links; the title stays."""
    post = replace(full_week.top_posts[0], url=url)
    page = render(replace(full_week, top_posts=(post,)), mask=_mask)
    assert link(url, mask=_mask) == "" and "<a " not in page and post.title in page


def test_plain_addresses_are_linked() -> None:
    """An ordinary address is left as it is."""
    assert link("https://example.com/a?b=c#d", mask=_mask) == "https://example.com/a?b=c#d"


def test_cleaning_keeps_emoji_whole() -> None:
    """Joined emoji keep their joiners; blanks and control characters become single spaces or go."""
    assert clean(" 家人\t\n👨‍👩‍👧 \x07好 ") == "家人 👨‍👩‍👧 好"


def test_a_post_may_know_little(full_week: WeeklyFacts) -> None:
    """Without title, address, time, likes and views a row still says what is unknown."""
    post = PostLine("", "", "源", "", None, 0, 0, 0, None, None)
    page = render(replace(full_week, top_posts=(post,)), mask=str)
    assert "（无标题）" in page and "发布时间未知" in page
