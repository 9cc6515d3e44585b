"""The demo content: how much there is, what is true of every comment, and when it all happens."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from yinliu.demo.composition import LABELS, DemoComment, DemoContent, compose
from yinliu.demo.schedule import SHANGHAI
from yinliu.demo.script import read_brands, read_lines

MONDAY = datetime(2026, 11, 16, tzinfo=SHANGHAI)
LEAD_LABELS = {"purchase_intent", "price_inquiry", "how_to_join"}
A_FORTNIGHT = [MONDAY + timedelta(days=day, hours=9) for day in range(14)]


def week_of(moment: datetime) -> tuple[int, int]:
    """The ISO year and week in Shanghai."""
    year, week, _ = moment.astimezone(SHANGHAI).isocalendar()
    return year, week


def depth(comment: DemoComment, by_id: dict[int, DemoComment]) -> int:
    """How many comments stand above this one."""
    return 0 if comment.parent_id is None else 1 + depth(by_id[comment.parent_id], by_id)


def test_every_section_has_its_number_of_posts(content: DemoContent) -> None:
    """Forty posts: sixteen for WordPress, eight for each of the other three parts."""
    assert Counter(post.section for post in content.posts) == {"wordpress": 16, "feed": 8, "page": 8, "club": 8}


def test_every_brand_has_eight_posts(content: DemoContent) -> None:
    """Five topics, eight posts each."""
    counts = Counter(post.category for post in content.posts)
    assert (len(counts), set(counts.values())) == (5, {8})


def test_paragraphs_are_of_article_length(content: DemoContent) -> None:
    """A post has three to five paragraphs of 40 to 120 characters."""
    assert all(3 <= len(post.paragraphs) <= 5 for post in content.posts)
    assert [text for post in content.posts for text in post.paragraphs if not 40 <= len(text) <= 120] == []


def test_there_are_about_six_hundred_comments(content: DemoContent) -> None:
    """Between 590 and 640 comments, about a quarter of them replies, none under no post."""
    replies = sum(comment.parent_id is not None for comment in content.comments)
    assert 590 <= len(content.comments) <= 640
    assert 0.22 <= replies / len(content.comments) <= 0.28
    assert {comment.post_id for comment in content.comments} == {post.id for post in content.posts}


def test_ids_are_unique(content: DemoContent) -> None:
    """No two posts and no two comments share an id, and no two posts a slug."""
    assert len({post.id for post in content.posts}) == len({post.slug for post in content.posts}) == len(content.posts)
    assert len({comment.id for comment in content.comments}) == len(content.comments)


def test_replies_are_nested_at_most_two_levels(content: DemoContent) -> None:
    """Replies go two levels deep and stay under their parent's post."""
    by_id = {comment.id: comment for comment in content.comments}
    assert max(depth(comment, by_id) for comment in content.comments) == 2
    assert all(by_id[c.parent_id].post_id == c.post_id for c in content.comments if c.parent_id is not None)


def test_every_label_occurs_often(content: DemoContent) -> None:
    """All eight labels, each at least thirty times."""
    counts = Counter(comment.label for comment in content.comments)
    assert set(counts) == set(LABELS)
    assert min(counts.values()) >= 30


def test_about_sixty_comments_are_leads(content: DemoContent) -> None:
    """Sixty or so comments show interest and leave a contact."""
    leads = [comment for comment in content.comments if comment.contact and comment.label != "spam_ad"]
    assert 55 <= len(leads) <= 70
    assert {comment.label for comment in leads} == LEAD_LABELS


def test_twenty_five_advertisements_carry_a_contact(content: DemoContent) -> None:
    """Advertisers leave contacts too, and share none with the leads."""
    adverts = {comment.contact for comment in content.comments if comment.label == "spam_ad" and comment.contact}
    leads = {comment.contact for comment in content.comments if comment.label != "spam_ad" and comment.contact}
    assert len(adverts) == 25
    assert not adverts & leads


def test_contacts_stand_in_the_text(content: DemoContent) -> None:
    """A contact is found in the comment letter for letter, and no markup is left behind."""
    assert all(comment.contact in comment.text for comment in content.comments if comment.contact)
    assert not any(mark in comment.text for comment in content.comments for mark in ("[[", "]]", "{", "}"))


def test_every_phone_number_is_a_marked_contact(content: DemoContent) -> None:
    """A comment without a contact holds no 1380000 number."""
    silent = [comment.text for comment in content.comments if not comment.contact]
    assert [text for text in silent if "1380000" in text.replace(" ", "").replace("-", "")] == []


def test_contacts_are_of_every_kind(content: DemoContent) -> None:
    """Leads leave phone numbers, WeChat ids, QQ numbers and e-mail addresses of the reserved domain."""
    contacts = [comment.contact for comment in content.comments if comment.contact]
    assert sum(contact.replace(" ", "").replace("-", "").startswith("1380000") for contact in contacts) >= 20
    assert sum(contact.isascii() and "_" in contact for contact in contacts) >= 20
    assert sum(contact.isdecimal() and 5 <= len(contact) <= 10 for contact in contacts) >= 10
    assert sum(contact.endswith("@example.test") for contact in contacts) >= 5


def test_a_contact_belongs_to_one_author(content: DemoContent) -> None:
    """The same contact is always left by the same person."""
    pairs = {(comment.contact, comment.author_id) for comment in content.comments if comment.contact}
    assert len(pairs) == len({contact for contact, _ in pairs})


def test_a_post_never_hears_the_same_text_twice(content: DemoContent) -> None:
    """No two comments under one post have the same text."""
    said = Counter((comment.post_id, comment.text) for comment in content.comments)
    assert said.most_common(1)[0][1] == 1


def test_most_lines_are_written_by_hand(content: DemoContent) -> None:
    """At least 450 different texts are said."""
    assert len({comment.text for comment in content.comments}) >= 450


def test_many_people_speak_and_some_of_them_often(content: DemoContent) -> None:
    """About 330 authors, one id a name, several heard four times and more."""
    heard = Counter(comment.author for comment in content.comments)
    assert 310 <= len(heard) <= 350
    assert len({(comment.author, comment.author_id) for comment in content.comments}) == len(heard)
    assert len({comment.author_id for comment in content.comments}) == len(heard)
    assert sum(times >= 4 for times in heard.values()) >= 20


def test_staff_only_answer(content: DemoContent) -> None:
    """The brands' operators reply and never open a thread, and their lines are plain talk."""
    staff = [comment for comment in content.comments if comment.by_staff]
    assert len(staff) >= 80
    assert all(comment.parent_id is not None and comment.label == "chat_other" for comment in staff)


def test_awkward_characters_are_there(content: DemoContent) -> None:
    """One family emoji with joiners and one comment mixing Latin and traditional characters."""
    texts = [comment.text for comment in content.comments]
    assert sum("\N{ZERO WIDTH JOINER}" in text for text in texts) == 1
    assert sum("Weekend" in text and "野泊紀" in text for text in texts) == 1


def test_topic_words_occur_in_their_topic() -> None:
    """Every brand's words are found in its own posts or comments."""
    for brand in read_brands():
        own = [text for post in brand.posts for text in (post.title, *post.paragraphs)]
        own += [line.text for post in brand.posts for line in post.lines]
        assert [word for word in brand.words if not any(word in text for text in own)] == []


def test_posts_spread_over_the_weeks(content: DemoContent) -> None:
    """Fourteen posts two weeks ago, 22 last week, four in the week begun."""
    assert Counter(week_of(post.published)[1] for post in content.posts) == {45: 14, 46: 22, 47: 4}


@pytest.mark.parametrize("now", A_FORTNIGHT, ids=lambda now: now.strftime("%a-%d"))
def test_nothing_happens_in_the_future(now: datetime) -> None:
    """On every weekday everything is past, in whole seconds, and comments follow what they answer."""
    content = compose(now=now)
    before = {post.id: post.published for post in content.posts}
    created = {comment.id: comment.created for comment in content.comments}
    for comment in content.comments:
        asked = before[comment.post_id] if comment.parent_id is None else created[comment.parent_id]
        assert asked < comment.created < now
        assert comment.created.microsecond == 0
    assert all(post.modified < now for post in content.posts)


@pytest.mark.parametrize("now", A_FORTNIGHT, ids=lambda now: now.strftime("%a-%d"))
def test_at_most_two_posts_are_talked_about_into_the_next_week(now: datetime) -> None:
    """All other comments fall into the ISO week of their post."""
    content = compose(now=now)
    weeks = {post.id: week_of(post.published) for post in content.posts}
    assert len({c.post_id for c in content.comments if week_of(c.created) != weeks[c.post_id]}) <= 2


def test_people_sleep_at_night(content: DemoContent) -> None:
    """Hardly anything is written between one and seven in the morning, and operators keep office hours."""
    night = sum(1 <= comment.created.hour < 7 for comment in content.comments)
    staff = [comment.created.hour for comment in content.comments if comment.by_staff]
    assert night <= 20
    assert sum(not 9 <= hour < 22 for hour in staff) <= 5


def test_a_date_gives_one_content() -> None:
    """Morning and evening of one date give the same, in whatever time zone the clock is."""
    morning = datetime(2026, 11, 19, 0, 0, 1, tzinfo=SHANGHAI)
    evening = datetime(2026, 11, 19, 15, 59, 59, tzinfo=datetime.fromisoformat("2026-01-01T00:00:00Z").tzinfo)
    assert compose(now=morning) == compose(now=evening)


def test_ids_and_words_stay_the_same_on_other_days(content: DemoContent) -> None:
    """Who says what under which id does not depend on the date."""
    other = compose(now=datetime(2027, 2, 1, tzinfo=SHANGHAI))
    assert [(c.id, c.author_id, c.text) for c in other.comments] == [
        (c.id, c.author_id, c.text) for c in content.comments
    ]


def test_a_naive_now_is_refused() -> None:
    """A moment without a time zone is a mistake."""
    with pytest.raises(ValueError, match="time zone"):
        compose(now=datetime(2026, 11, 21))


def test_answers_are_tied_to_the_line_they_answer() -> None:
    """A block of lines becomes threads: depth, speaker, label and contact are read from the marks."""
    block = "多少钱?\n> 品牌：88 元\n>> 楼主/purchase_intent：来一个, 微信 [[a_b1]]\n还有吗\n"
    first, second = read_lines({"price_inquiry": block})
    answer = first.answers[0]
    assert (first.label, answer.speaker, answer.label) == ("price_inquiry", "brand", "chat_other")
    assert (answer.answers[0].contact, answer.answers[0].text) == ("a_b1", "来一个, 微信 a_b1")
    assert second.answers == ()


def test_a_broken_answer_is_named() -> None:
    """A reply without a speaker is refused with its text."""
    with pytest.raises(ValueError, match="谁说的"):
        read_lines({"praise": "好\n> 谁说的"})
