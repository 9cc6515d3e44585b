"""New words of a week: what is one, what rises, what swallows what, and what is shown of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.discovery import Saying, Term, discover
from nlp.discovery.companions import beside, clusters, near_topics
from nlp.discovery.counting import count, count_known, spread
from nlp.discovery.naming import name_for
from nlp.discovery.noise import is_word, noise, without_names
from nlp.discovery.scores import cohesion, freedom, surprise
from nlp.discovery.stream import Vocabulary, stream
from nlp.discovery.wordhood import share_whole, wordhood
from tests.patience import within

USUAL = (
    "今天天气不错，下午去公园走走",
    "照片拍得真清楚，用的什么手机",
    "周末人多吗，停车方便吗",
    "孩子玩得很开心，下次还来",
    "路上堵车两个小时，累坏了",
    "早餐有豆浆油条，味道一般",
    "请问几点开门，需要预约吗",
    "风景很美，就是台阶有点多",
)
FRAMES = (
    "想问{}怎么收费",
    "有{}吗",
    "附近的{}靠谱么",
    "求推荐{}！",
    "昨天看到{}，心动",
    "{}多少钱一天",
    "第一次试{}。",
    "听说{}要排队",
)


def usual(number: int, *, first: int = 0) -> list[Saying]:
    """What people always say: so many texts, an account each, under four posts."""
    return [Saying(USUAL[n % len(USUAL)] + "。" * (n % 5), f"u{first + n}", f"p{n % 4}") for n in range(number)]


def about(term: str, number: int, *, posts: int = 4, frames: Sequence[str] = FRAMES) -> list[Saying]:
    """So many accounts that speak of a term."""
    return [Saying(frames[n % len(frames)].format(term), f"{term}{n}", f"p{n % posts}") for n in range(number)]


BEFORE = [usual(60), usual(60, first=60), [], usual(60, first=120)]


def texts(terms: Sequence[Term]) -> list[str]:
    """Only the words."""
    return [term.text for term in terms]


def test_a_word_that_nobody_said_before_rises() -> None:
    """With its figures: accounts, average before, growth, posts, and examples."""
    (term,) = discover([*usual(60), *about("帐篷租赁", 16)], BEFORE)
    assert (term.text, term.accounts, term.texts, term.posts, term.before) == ("帐篷租赁", 16, 16, 4, 0.0)
    assert term.growth is not None
    assert term.growth > 10
    assert term.cohesion is not None
    assert (term.cohesion > 4, term.freedom > 1, len(term.examples)) == (True, True, 3)
    assert all("帐篷租赁" in example for example in term.examples)


def test_fragments_are_swallowed() -> None:
    """帐篷租 and 篷租赁 are parts of what is said; 帐篷 is not said alone."""
    found = texts(discover([*usual(60), *about("帐篷租赁", 16)], BEFORE))
    assert not {"帐篷", "租赁", "帐篷租", "篷租赁", "篷租"} & set(found)


def test_a_part_that_is_said_alone_stays() -> None:
    """帐篷 is said by more than twice as many as 帐篷租赁."""
    found = texts(discover([*usual(60), *about("帐篷租赁", 12), *about("帐篷", 30)], BEFORE))
    assert "帐篷" in found


def test_what_was_always_said_does_not_rise() -> None:
    """However often: the same rate before."""
    before = [[*week, *about("帐篷租赁", 16)] for week in BEFORE if week]
    assert discover([*usual(60), *about("帐篷租赁", 16)], before) == []


def test_what_falls_does_not_rise() -> None:
    """Dunning's statistic alone does not know the direction."""
    before = [[*week, *about("帐篷租赁", 60)] for week in BEFORE if week]
    assert "帐篷租赁" not in texts(discover([*usual(60), *about("帐篷租赁", 8)], before))


def test_one_account_makes_no_trend() -> None:
    """Fifty times the same phrase by one account, under as many posts."""
    shouting = [Saying(FRAMES[n % 8].format("帐篷租赁"), "loud", f"p{n}") for n in range(50)]
    assert discover([*usual(60), *shouting], BEFORE) == []


def test_copies_are_one_voice() -> None:
    """A long text that thirty accounts paste is said once."""
    pasted = [Saying("专业团队帐篷租赁全市低价欢迎来电咨询", f"bot{n}", f"p{n % 4}") for n in range(30)]
    assert discover([*usual(60), *pasted], BEFORE) == []


def test_one_post_makes_no_trend() -> None:
    """Where others are talked about too; a team with one post has no other."""
    assert discover([*usual(60), *about("帐篷租赁", 16, posts=1)], BEFORE) == []
    week = [Saying(one.text, one.account, "p") for one in [*usual(60), *about("帐篷租赁", 16)]]
    assert texts(discover(week, BEFORE)) == ["帐篷租赁"]


@pytest.mark.parametrize("known", ["帐篷租赁", "帳篷租賃", "户外帐篷租赁"])
def test_known_words_are_left_out(known: str) -> None:
    """Also in traditional characters, also as a part."""
    assert discover([*usual(60), *about("帐篷租赁", 16)], BEFORE, known=[known]) == []


@pytest.mark.parametrize(
    "said",
    [
        "的时候",
        "我们的",
        "是不是",
        "为什么",
        "[捂脸R]",
        "@小红书用户 ",
        "https://x.cn/tent ",
        "2026",
        "哈哈哈哈",
        "50w",
        "wx83920175",
    ],
)
def test_what_is_no_word(said: str) -> None:
    """Function words, emotes, mentions, addresses, numbers, laughter, ids."""
    assert discover([*usual(60), *about(said, 24)], BEFORE) == []


def test_a_latin_word_is_one() -> None:
    """Whole, in lower case; it has no split, so no cohesion."""
    (term,) = discover([*usual(60), *about("Bromo", 16)], BEFORE)
    assert (term.text, term.cohesion) == ("bromo", None)


def test_without_weeks_before_the_most_said_come_first() -> None:
    """A first week has nothing to be compared with: no growth is claimed."""
    found = discover([*usual(60), *about("帐篷租赁", 30)], [])
    assert found
    assert all(term.growth is None and term.before == 0 for term in found)


def test_examples_are_masked_and_cut() -> None:
    """A phone number is masked though its cue is cut off; mentioned people are not named."""
    frames = [f"{'好' * 40}@张三丰 {{}}{USUAL[n % 8]}，加微信13912345{n:03}，{'快来' * 40}" for n in range(100, 116)]
    (term,) = [
        one for one in discover([*usual(60), *about("帐篷租赁", 16, frames=frames)], BEFORE) if "帐篷" in one.text
    ]
    assert all("13912345" not in example and "张三丰" not in example for example in term.examples)
    assert all(len(example) < 80 and example.endswith("…") for example in term.examples)


def test_an_account_is_no_term() -> None:
    """A WeChat id that many repeat is a contact detail."""
    frames = [
        f"{word}，加微信{{}}" for word in ("要的", "想了解", "价格好", "很专业", "在线等", "好评", "速来", "推荐")
    ]
    assert "tentking" not in texts(discover([*usual(60), *about("tentking", 24, frames=frames)], BEFORE))


@given(st.lists(st.text(st.characters(), max_size=40), max_size=30), st.integers(1, 3))
def test_any_text_can_be_read(said: list[str], weeks: int) -> None:
    """Surrogates, controls, emoji, other languages, nothing."""
    week = [Saying(text, n, n) for n, text in enumerate(said)]
    for term in discover(week * 3, [week] * weeks):
        assert term.accounts >= 3
        assert len(term.examples) <= 3


@pytest.mark.parametrize(
    "text", ["[" * 10**6, "@" * 10**6, "www." * 250_000, "a1" * 500_000, "帐篷" * 500_000, "😀" * 10**6]
)
def test_a_megabyte_takes_seconds(text: str) -> None:
    """Nothing grows with the square of a text."""
    with within(10):
        discover([Saying(text, n, n) for n in range(3)], [[Saying(text, 9, 9)]])


def test_nothing_gives_nothing() -> None:
    """No texts, empty texts."""
    assert discover([], []) == []
    assert discover([Saying("", 1, 1)] * 5, [[Saying("", 1, 1)]]) == []


def test_noise_is_found_in_place() -> None:
    """Spans of comparable text."""
    text = "看https://a.cn/b?c=1。[捂脸r]回复 @小王:好"
    assert [text[start:end] for start, end in noise(text)] == ["https://a.cn/b?c=1", "[捂脸r]", "回复 @小王"]
    assert without_names("谢谢@小王 了") == "谢谢@… 了"


@pytest.mark.parametrize(
    ("run", "word"),
    [("bromo", True), ("t", True), ("5g", True), ("618", False), ("12cm", False), ("a12345", False), ("x" * 21, False)],
)
def test_words_of_letters(run: str, word: bool) -> None:
    """No number, amount or id."""
    assert is_word(run) is word


def test_an_account_counts_once_a_run() -> None:
    """ab is said by two accounts, one of them three times; gaps are never crossed."""
    week = stream([Saying("甲乙甲乙，甲乙", 1, 1), Saying("甲乙", 2, 1), Saying("甲，乙", 3, 1)], Vocabulary())
    one, two, *_ = count(week, least=1)
    assert one.accounts.tolist() == [3, 3]
    assert sorted(two.accounts.tolist()) == [1, 2]
    assert [known.tolist() for known in count_known(week, [one, two])] == [[3, 3], two.accounts.tolist()]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=40))
def test_spread_counts_different_ones(pairs: list[tuple[int, int]]) -> None:
    """As a set would."""
    which, others = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    assert spread(which, others, 6).tolist() == [len({b for a, b in pairs if a == n}) for n in range(6)]


@given(st.lists(st.text("甲乙丙，", min_size=1, max_size=8), min_size=1, max_size=8))
def test_counts_are_those_of_a_plain_loop(said: list[str]) -> None:
    """Every run of one to six characters without a gap, once an account."""
    vocabulary = Vocabulary()
    week = stream([Saying(text, n, n) for n, text in enumerate(said)], vocabulary)
    found = {}
    for length, runs in enumerate(count(week, least=2), start=1):
        for number, accounts in enumerate(runs.accounts.tolist()):
            at = runs.at[runs.which == number][0]
            found[vocabulary.spell(week.units[at : at + length])] = accounts
    pieces = {text[a:b] for text in said for a in range(len(text)) for b in range(a + 1, min(a + 6, len(text)) + 1)}
    wanted = {piece: sum(piece in text for text in said) for piece in pieces if "，" not in piece}
    assert found == {piece: number for piece, number in wanted.items() if number >= 2}


def test_cohesion_is_that_of_the_weakest_split() -> None:
    """By hand: 甲乙 always together, 丙 anywhere."""
    week = stream([Saying("甲乙丙", 1, 1), Saying("甲乙", 2, 1), Saying("丙", 3, 1), Saying("丙", 4, 1)], Vocabulary())
    runs = count(week, least=1)
    total = runs[0].said
    assert total == 7
    assert cohesion(runs, length=3, total=total).tolist() == pytest.approx([min(np.log2(7 / 6), np.log2(7 / 2))])
    assert cohesion(runs, length=1, total=total).tolist() == [np.inf] * 3


def test_freedom_is_the_entropy_of_the_poorer_side() -> None:
    """Four different neighbours on the left, two on the right: one bit."""
    said = ["子甲午", "丑甲午", "寅甲未", "卯甲未"]
    week = stream([Saying(text, n, n) for n, text in enumerate(said)], Vocabulary())
    (single, *_) = count(week, least=4)
    assert freedom(week, single, length=1, wanted=np.ones(1, bool)).tolist() == pytest.approx([1.0])


def test_surprise_is_dunnings() -> None:
    """Rising is positive, falling negative, the same rate about nothing; no past says nothing."""
    now, before = np.array([20, 2, 10]), np.array([2, 80, 40])
    up, down, same = surprise(now, before, crowd=100, crowd_before=400).tolist()
    assert (up > 40, down < -10, abs(same) < 0.1) == (True, True, True)
    assert surprise(now, before, crowd=100, crowd_before=0).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("term", "bits", "names"),
    [
        ("露营", 8.0, True),
        ("为什么", 9.0, False),
        ("布罗莫", 9.0, True),
        ("布罗莫", 3.0, False),
        ("坐萝卜", 5.0, False),
        ("是挖矿", 9.0, False),
        ("萝卜快跑", 8.0, True),
        ("哈哈", 9.0, False),
        ("and", 9.0, False),
    ],
)
def test_what_names_something(term: str, bits: float, names: bool) -> None:
    """By the dictionary, by the words at its edges, by how firmly characters hold together."""
    assert wordhood(term, cohesion=bits).names is names


def test_a_fragment_does_not_stand_whole() -> None:
    """篷租 begins inside 帐篷."""
    text = "想问帐篷租赁价格"
    assert share_whole("帐篷", [(text, 2)]) == 1.0
    assert share_whole("篷租", [(text, 3)]) == 0.0
    assert share_whole("帐篷", []) == 0.0


TALK = [
    *(Saying(f"露营的{FRAMES[n % 8].format('帐篷租赁')}", f"a{n}", f"p{n % 4}") for n in range(16)),
    *(
        Saying(f"{FRAMES[n % 8].format('飞盘')}，{FRAMES[-n % 7].format('橄榄球')}", f"b{n}", f"p{n % 4}")
        for n in range(16)
    ),
]


def test_a_term_joins_the_topic_it_is_said_with() -> None:
    """The share of its texts that have the topic's words, also in a post's title."""
    week = [*usual(60), *TALK]
    terms = {term.text: term for term in discover(week, BEFORE)}
    names = [name for name in terms if name in {"帐篷租赁", "飞盘"}]
    near = near_topics(week, [terms[name] for name in names], {"camping": ["露營"], "tea": ["茶"]})
    found = dict(zip(names, near, strict=True))
    assert [(one.topic, one.share, one.joins) for one in found["帐篷租赁"]] == [("camping", 1.0, True)]
    assert found["飞盘"] == ()
    titled = [Saying(one.text, one.account, one.post, "秋天露营") for one in week]
    ((one,), *_) = near_topics(titled, [terms["飞盘"]], {"camping": ["露营"]})
    assert (one.share, one.usual) == (1.0, 1.0)
    assert near_topics([], [], {"camping": ["露营"]}) == []


def test_terms_that_are_said_together() -> None:
    """飞盘 and 橄榄球 are beside each other, 帐篷租赁 is not."""
    week = [*usual(60), *TALK]
    terms = discover(week, BEFORE)
    friends = dict(zip(texts(terms), beside(terms, texts=len(week)), strict=True))
    assert "飞盘" not in friends["帐篷租赁"]
    assert friends["飞盘"] == ("橄榄球",)


def test_a_name_stands_in_one_cluster() -> None:
    """The first takes its friends; theirs do not follow."""
    friends = {"a": ("b",), "b": ("a", "c"), "c": ("b",), "d": ()}
    assert clusters("abcd", friends) == [("a", "b"), ("c",), ("d",)]


def test_names_of_new_topics() -> None:
    """As topics.yaml allows, and not taken; None where nothing can be spelled."""
    assert name_for("Bromo", ()) == "bromo"
    assert name_for("bromo", ("bromo", "bromo_2")) == "bromo_3"
    assert name_for("3d", ()) == "d"
    assert name_for("！", ()) is None


def test_pinyin_where_the_library_is() -> None:
    """帐篷 is zhangpeng."""
    pytest.importorskip("pypinyin")
    assert name_for("帐篷") == "zhangpeng"
