"""tag: once for each version and text, with contacts that nobody reads from the database."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Engine, text

from models.content import Comment, Contact, Tag
from models.vault import Vault, new_key
from nlp.tagger import Tagger
from tests.stages.team import HOT, KeywordTagger, Team, comment, communities, post
from yinliu.understanding import bundle_of, starter


def test_a_second_run_has_nothing_to_do(team: Team) -> None:
    """Every text is tagged once."""
    team.land(post(title="露营"), comment("c1", HOT))
    team.load()
    assert team.tag() == {"posts": 1, "comments": 1, "tags": 3, "contacts": 1, "kept": 0}
    tags = team.rows(Tag.id, Tag.label)
    assert set(team.tag().values()) == {0}
    assert team.rows(Tag.id, Tag.label) == tags


def test_a_changed_word_tags_the_texts_that_hold_it(team: Team) -> None:
    """The others are kept as they are: the same rows, under the new version."""
    team.land(post(title="露营"), comment("c1", HOT), comment("c2", "好看"))
    team.load()
    team.tag()
    before = {label: key for key, label in team.rows(Tag.id, Tag.label)}
    others = tuple(word for word in KeywordTagger.words if word[0] != "好看")
    team.tagger = KeywordTagger(version="v2", words=(*others, ("好看", "intent", "wow")))
    assert team.tag() == {"posts": 0, "comments": 1, "tags": 1, "contacts": 0, "kept": 2}
    after = {label: key for key, label in team.rows(Tag.id, Tag.label)}
    assert after.keys() - before.keys() == {"wow"}
    assert before.keys() - after.keys() == {"praise"}
    assert all(after[label] == before[label] for label in after.keys() & before.keys())
    assert {version for (version,) in team.rows(Comment.tagged_version)} == {"v2"}
    assert set(team.tag().values()) == {0}


def test_a_word_of_what_is_answered_counts(team: Team) -> None:
    """An answer may mean what it answers: it is tagged anew when a word there changed."""
    team.land(comment("c1", "好看"), comment("c2", "要", parent_id="c1"))
    team.load()
    team.tag()
    team.tagger = KeywordTagger(version="v2", words=KeywordTagger.words[:2])
    assert team.tag()["comments"] == 2


def test_an_answer_means_what_it_answers(team_sqlite: Team) -> None:
    """ "1" under a post that offers a link is a wish to buy; under another post it is nothing."""
    team = team_sqlite
    team.tagger = Tagger(bundle_of(starter()), UTC)  # type: ignore[assignment]
    team.land(
        post("p1", body="天幕到货啦，想要链接的评论区扣1"),
        post("p2", body="昨天的营地"),
        comment("c1", "1"),
        comment("c2", "1", post_id="p2"),
        comment("c3", "哪里可以报名呀"),
        comment("c4", "同求", parent_id="c3"),
    )
    team.load()
    team.tag()
    names = dict(team.rows(Comment.id, Comment.external_id))  # type: ignore[arg-type]
    tags = team.rows(Tag.comment_id, Tag.label, Tag.kind)
    found = {names[key]: label for key, label, kind in tags if kind == "intent"}
    assert found["c1"] == "purchase_intent"
    assert found["c4"] == "how_to_join"
    assert found.get("c2") != "purchase_intent"


def test_a_changed_post_has_its_comments_qualified_again(team_sqlite: Team) -> None:
    """Their topic is the post's: a comment that fitted no community does now."""
    team = team_sqlite
    team.rules = communities({"name": "camp", "topics": ["camping"]})
    team.hear(post(body="周末"), comment("c1", HOT))
    before = team.leads()["小王"]["score"]
    team.hear(post(body="周末去露营"))
    assert team.leads()["小王"]["score"] > before


def test_nothing_is_kept_from_a_bundle_that_nobody_knows(team: Team) -> None:
    """A version without ingredients (an older release's) may differ in anything."""
    team.land(comment("c1", "好看"))
    team.load()
    team.tag()
    with team.begin() as work:
        work.tags.adopt("comment", [1], version="an-old-one")
        work.commit()
    assert team.tag()["comments"] == 1


def test_a_changed_comment_is_tagged_anew(team: Team) -> None:
    """Its old tags and contacts are gone."""
    team.land(comment("c1", HOT), comment("c2", "好看"))
    team.load()
    team.tag()
    team.land(comment("c1", "露营真好"), comment("c2", "好看"))
    team.load()
    assert team.tag()["comments"] == 1
    assert {label for (label,) in team.rows(Tag.label)} == {"camping", "praise"}
    assert team.rows(Contact.id) == []


def test_the_same_contact_twice_in_a_comment_is_one(team: Team) -> None:
    """Written with and without separators."""
    team.land(comment("c1", "13912345678 再说一遍 139-1234-5678"))
    team.load()
    assert team.tag()["contacts"] == 1


def test_contacts_are_unreadable_in_the_database(team: Team, engine: Engine) -> None:
    """No column of the table holds the number, and the vault reads it."""
    team.land(comment("c1", "电话13912345678，微信 abc_1234，a.b@example.com"))
    team.load()
    team.tag()
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM contact")).mappings().all()
    everything = b"".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row.values())
    for value in (b"13912345678", b"abc_1234", b"a.b@example", b"12345678"):
        assert value not in everything
    assert {team.vault.unlock(row["value_cipher"]) for row in rows} == {"13912345678", "abc_1234", "a.b@example.com"}


def test_the_digest_needs_the_key(team_sqlite: Team) -> None:
    """A contact is found again by the keyed digest only, whatever its case."""
    team_sqlite.land(comment("c1", "微信 Abc_1234"), comment("c2", "微信 abc_1234"))
    team_sqlite.load()
    team_sqlite.tag()
    digests = {value for (value,) in team_sqlite.rows(Contact.value_hmac)}
    assert digests == {team_sqlite.vault.fingerprint("wechat", "abc_1234")}
    assert Vault(new_key()).fingerprint("wechat", "abc_1234") not in digests


def test_spans_point_at_the_comment(team_sqlite: Team) -> None:
    """What a lead's explanation shows is what was written."""
    team_sqlite.land(comment("c1", "我的电话13912345678"))
    team_sqlite.load()
    team_sqlite.tag()
    ((start, end),) = team_sqlite.rows(Contact.start, Contact.end)
    ((words,),) = team_sqlite.rows(Comment.text)
    assert words[start:end] == "13912345678"


def test_more_texts_than_a_batch(team: Team) -> None:
    """All of them, each once."""
    team.land(*(post(f"p{n}", title="露营") for n in range(250)), *(comment(f"c{n}", "想买") for n in range(450)))
    team.load()
    assert team.tag() == {"posts": 250, "comments": 450, "tags": 700, "contacts": 0, "kept": 0}
