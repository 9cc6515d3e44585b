"""What leaves an answer: neither a secret that it repeats, nor somebody's name and words in a problem."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jsonapi.answer import parse_answer, rows_of
from crawlers.problems import CrawlProblem
from crawlers.quoting import beginning, shape, without
from tests.crawlers.jsonapi.conftest import Crawling
from tests.crawlers.jsonapi.test_expressions import JSON
from tests.crawlers.jsonapi.test_walks import THREAD, rows, source
from tests.hostile.server import Exchange, Site

SECRET = "S3CR/ET +&99"
PERSON = {"nick": "张伟", "text": "我的电话13800138000", "13800138000": 1}
PEOPLE = json.dumps([PERSON], ensure_ascii=False)


def complaint(text: str, **options: Any) -> str:
    """The detail of the problem that an answer is."""
    with pytest.raises(CrawlProblem) as caught:
        rows_of(parse_answer(text, **options), items="data.rows", section="posts", first=True)
    return caught.value.detail


@pytest.mark.parametrize(
    ("text", "options"),
    [
        *(
            (PEOPLE, {}),
            (PEOPLE[:-2], {}),
            (f"\ufeff {PEOPLE}", {}),
            (json.dumps(PERSON), {}),
            (json.dumps("张伟 1380"), {}),
        ),
        *(
            (PEOPLE, {"ok": "a"}),
            (json.dumps({"e": PERSON}), {"error": "e"}),
            (json.dumps({"e": [PERSON]}), {"error": "e"}),
        ),
        (json.dumps({"data": {"rows": PERSON}}), {}),
    ],
)
def test_a_person_in_an_answer_is_not_in_the_problem(text: str, options: dict[str, Any]) -> None:
    """Whatever is wrong with it: data is described by type, names of its fields and length."""
    told = complaint(text, **options)
    assert "张" not in told and "1380" not in told and "\\u5f20" not in told


def test_what_is_no_data_is_quoted() -> None:
    """A login page in place of JSON, and an API's own words for its refusal."""
    assert "begins '<html>login" in complaint("<html>login</html>")
    assert complaint('{"e": {"code": 7, "message": "no such key"}}', error="e") == "e: no such key"
    assert complaint('{"a": 1}') == "posts.items 'data.rows' gives no list but nothing; the answer is an object of 1: a"


@given(JSON)
def test_anything_can_be_described(value: Any) -> None:
    """In few words, whatever it is."""
    assert 0 < len(shape(value)) <= 400
    assert len(beginning(json.dumps(value))) <= 200


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=6, max_size=40))
def test_no_way_to_write_a_secret_is_left(secret: str) -> None:
    """As it is, in JSON, in an address, in HTML."""
    for text in (secret, json.dumps(secret), quote(secret, safe=""), quote(secret)):
        found = without((secret,), f"a {text} b")
        assert "***" in found
        assert secret not in found.replace("***", "") or set(secret) <= set("* ab")


def test_short_secrets_do_not_eat_words() -> None:
    """A key of five characters is a part of ids and words: the rows stay as they are."""
    assert without(("12345",), '{"id": 912345}') == '{"id": 912345}'


def _echo(exchange: Exchange) -> None:
    key = exchange.headers.get("X-Key") or ""
    said = {"t": f"mine is {key}", "u": f"/p?key={quote(key, safe='')}"}
    exchange.rows([*rows(1, 1, **said), {"t": key}], headers={"Link": f'</api/p?other={quote(key)}>; rel="next"'})


def test_secrets_that_an_api_repeats_stand_in_no_file(crawling: Crawling, site: Site) -> None:
    """In rows, addresses, a row that cannot be read, the next link, an object where a list was promised."""
    site.on("/api/p", _echo)
    site.on("/api/c", lambda exchange: exchange.rows({"error": f"bad key {exchange.headers.get('X-Key')}"}))
    crawling.environment["YINLIU_A"] = SECRET
    paging = {"paging": {"kind": "link"}}
    found = crawling(source(site, paging, comments=THREAD, headers={"X-Key": "${YINLIU_A}"}))
    assert (found.of("post")[0]["title"], found.codes["item_incomplete"]) == ("mine is ***", 2)
    assert found.codes["not_json"] == 1
    kept = "".join(path.read_text(encoding="utf-8") for path in crawling.folder.iterdir()) + found.log
    assert "S3CR" not in kept


def test_a_next_link_to_another_host_does_not_tell_the_secret(crawling: Crawling, site: Site) -> None:
    """It is refused, and the problem that says so has no key."""
    link = '<http://127.0.0.2/?k=s3cret99>; rel="next"'
    site.on("/api/p", lambda exchange: exchange.rows(rows(1, 1), headers={"Link": link}))
    crawling.environment["YINLIU_A"] = "s3cret99"
    found = crawling(source(site, {"paging": {"kind": "link"}}, headers={"X-Key": "${YINLIU_A}"}))
    assert [problem["detail"] for problem in found.of("problem")] == [
        "the next page is said to be at 'http://127.0.0.2/?k=***'"
    ]
