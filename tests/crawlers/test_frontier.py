"""The frontier: whatever moment a crawl is killed at, each address is answered, waiting, or given up; none is lost."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.ask import Ask
from crawlers.frontier import FILE, Frontier, source_digest, unfinished_run
from crawlers.items import PostItem, ProblemItem
from crawlers.landing import LandingFile


def item(number: int) -> PostItem:
    """A post."""
    return PostItem(external_id=str(number), url=f"http://x/{number}", title="题", body="文")


def ask(name: str, **more: object) -> Ask:
    """An address to ask for."""
    return Ask(url=f"http://x/{name}", callback="read", **more)  # type: ignore[arg-type]


def opened(folder: Path, run: str = "r1", digest: str = "d") -> Frontier:
    """The frontier of a folder, as a process that begins sees it."""
    landing = LandingFile(folder / f"{run}.jsonl", header={"run": run})
    return Frontier.open(folder / FILE, digest=digest, run=run, landing=landing)


def begun(folder: Path, *names: str, **more: object) -> Frontier:
    """A frontier whose first addresses are asked."""
    frontier = opened(folder)
    frontier.begin(iter([ask(name, **more) for name in names]))
    return frontier


def waiting(frontier: Frontier) -> list[str]:
    """Everything that is to be asked, in order."""
    return [one.url.rpartition("/")[2] for one in iter(frontier.next, None)]


def landed(file: Path) -> list[str]:
    """The ids of the posts in a landing file."""
    rows = [json.loads(line) for line in file.read_bytes().splitlines()]
    return [row["external_id"] for row in rows if row["kind"] == "post"]


def test_an_answer_is_kept_with_what_follows_from_it(tmp_path: Path) -> None:
    """After a kill the answered address is not asked again, its items are there once, its links are waiting."""
    first = begun(tmp_path, "a", "b")
    one = first.next()
    first.commit(one, [item(1), ask("c")])
    again = opened(tmp_path)
    assert again.resumed
    assert waiting(again) == ["b", "c"]
    assert landed(tmp_path / ".r1.jsonl.part") == ["1"]


def test_what_is_in_flight_is_asked_again(tmp_path: Path) -> None:
    """An address that was taken and never answered is waiting after a kill."""
    first = begun(tmp_path, "a")
    assert first.next() is not None
    assert waiting(opened(tmp_path)) == ["a"]


def test_an_address_asked_once_is_not_asked_twice(tmp_path: Path) -> None:
    """``once`` holds within a crawl, after a kill too."""
    first = begun(tmp_path, "a", "a", once=True)
    assert waiting(first) == ["a"]
    again = opened(tmp_path)
    again.commit(None, [ask("a", once=True), ask("b", once=True)])
    assert waiting(again) == ["a", "b"]


def test_memory_survives(tmp_path: Path) -> None:
    """What a spider must know to go on is what it was at the last whole answer."""
    first = opened(tmp_path)
    first.memory["newest"] = "x"
    first.begin(iter([ask("a")]))
    first.memory["newest"] = "y"
    assert opened(tmp_path).memory == {"newest": "x"}


def test_what_is_left_begins_the_next_crawl(tmp_path: Path) -> None:
    """A crawl that stops early, or failed to get an address, leaves it; a finished one leaves nothing."""
    first = begun(tmp_path, "a", "b")
    failed = first.next()
    first.memory["page"] = 7
    first.commit(failed, [ProblemItem(code="server_error", url="http://x/a", detail="HTTP 500")], later=[ask("a")])
    first.finish(cursor=None, requests=1)
    second = opened(tmp_path, "r2")
    assert (second.resumed, second.left_over, second.memory) == (False, True, {"page": 7})
    for _ in range(2):
        second.commit(second.next(), [])
    second.finish(cursor={}, requests=2)
    third = opened(tmp_path, "r3")
    assert (third.left_over, third.memory, waiting(third)) == (False, {}, [])


def test_an_address_to_be_asked_later_is_not_asked_in_the_same_crawl(tmp_path: Path) -> None:
    """Not even after a kill: a failing site is not hammered."""
    first = begun(tmp_path, "a")
    first.commit(first.next(), [], later=[ask("a")])
    again = opened(tmp_path)
    assert (waiting(again), again.left) == ([], 1)


def test_another_configuration_begins_anew(tmp_path: Path) -> None:
    """What was asked of another site, or with other selectors, means nothing now."""
    begun(tmp_path, "a")
    assert unfinished_run(tmp_path / FILE, digest="other") is None
    assert waiting(opened(tmp_path, "r2", digest="other")) == []


def test_a_kill_among_the_first_requests_begins_the_run_anew(tmp_path: Path) -> None:
    """Half the first requests are not taken for all of them."""
    opened(tmp_path).commit(None, [ask("a")])
    again = opened(tmp_path)
    assert (again.resumed, waiting(again)) == (False, [])


@pytest.mark.parametrize("name", ["delay_seconds", "max_requests", "timeout_seconds", "daily_requests"])
def test_another_pace_does_not(name: str) -> None:
    """Raising a limit, as the message advises, keeps what is left."""
    given_ = {"url": "http://x/", "platform": "page"}
    assert source_digest({**given_, name: 1}, since=None) == source_digest({**given_, name: 2}, since=None)
    assert source_digest(given_, since=None) != source_digest({**given_, "url": "http://y/"}, since=None)


def test_a_run_killed_after_its_file_appeared_is_not_written_again(tmp_path: Path) -> None:
    """Between the landing file's appearing and the journal's last line: nothing is asked twice, nothing replaced."""
    first = begun(tmp_path, "a", "b")
    first.commit(first.next(), [item(1)])
    first._landing.finish(cursor=None)
    assert unfinished_run(tmp_path / FILE, digest="d") is None
    assert waiting(opened(tmp_path, "r2")) == ["b"]
    assert landed(tmp_path / "r1.jsonl") == ["1"]


def test_wide_problems_are_remembered(tmp_path: Path) -> None:
    """A crawl that met one before it was killed must not move the cursor afterwards."""
    first = begun(tmp_path)
    first.commit(None, [ProblemItem(code="not_json", url="http://x/", detail="d", scope="source"), ask("a")])
    assert opened(tmp_path).wide == [("not_json", "http://x/", "d")]


def test_after_a_failed_write_nothing_more_is_kept(tmp_path: Path) -> None:
    """A full disk ends the crawl; a later answer must not stand behind half an earlier one."""
    frontier = opened(tmp_path)
    frontier._file.close()
    with pytest.raises(ValueError, match="closed"):
        frontier.commit(None, [ask("a")])
    with pytest.raises(OSError, match="before"):
        frontier.commit(None, [ask("b")])


@given(st.lists(st.lists(st.integers(0, 3), max_size=3), max_size=8), st.data())
def test_a_cut_anywhere_loses_nothing(answers: list[list[int]], data: st.DataObject) -> None:
    """The journal cut at any byte, the landing file at any byte behind it: every address is done with its item landed
    once, or waiting; and a landing file shorter than the journal says begins the run anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frontier = begun(folder, "0")
        asked, number = {"0"}, 0
        for links in answers:
            one = frontier.next()
            if one is None:
                break
            follow = [f"{number + position + 1}" for position in range(len(links))]
            number += len(links)
            asked |= set(follow)
            frontier.commit(one, [item(int(one.url.rpartition("/")[2])), *map(ask, follow)])
        journal, part = folder / FILE, folder / ".r1.jsonl.part"
        whole = journal.read_bytes()
        cut = data.draw(st.integers(whole.index(b"\n") + 1, len(whole)))
        journal.write_bytes(whole[:cut])
        again = opened(folder)
        if not again.resumed:
            assert b"begun" not in whole[: cut - 1].rpartition(b"\n")[0]
            return
        left, done = waiting(again), landed(part)
        assert len(done) == len(set(done))
        assert not set(left) & set(done)
        if cut == len(whole):
            assert set(left) | set(done) == asked
        assert _reachable(left, done, whole)


def _reachable(left: list[str], done: list[str], journal: bytes) -> bool:
    """Whether every address that the kept answers led to is waiting or done."""
    kept = [json.loads(line) for line in journal.splitlines()[1 : 3 + len(done)]]
    follow = {one["url"].rpartition("/")[2] for line in kept for one in line.get("ask", [])}
    return follow <= set(left) | set(done)
