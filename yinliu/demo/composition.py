"""The demo content: forty posts of five invented brands and some six hundred comments, each with its true label.

The words are hand-written (``content/``); here it is only decided where, when and by whom they are said. Who says
what never changes and ids never change; times follow the date of ``now``.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from yinliu.demo.arrangement import Draft, arrange, slots
from yinliu.demo.cast import Cast
from yinliu.demo.conversation import Conversation
from yinliu.demo.records import LABELS, SECTIONS, DemoComment, DemoContent, DemoPost
from yinliu.demo.schedule import Timetable
from yinliu.demo.script import read_brands, read_people

__all__ = ["LABELS", "SECTIONS", "DemoComment", "DemoContent", "DemoPost", "compose"]

_FIRST_POST_ID = 101
_FIRST_COMMENT_ID = 2001


def compose(*, now: datetime) -> DemoContent:
    """The content as it stands on the date of ``now`` in Shanghai; the same date gives the same content."""
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    brands = read_brands()
    cast = Cast(read_people(), brands)
    drafts = arrange(brands)
    posts: list[DemoPost] = []
    comments: list[DemoComment] = []
    for draft, slot in zip(drafts, slots(len(drafts), Timetable.of(now)), strict=True):
        post = _post(draft, slot.published, number=_FIRST_POST_ID + len(posts))
        posts.append(post)
        talk = Conversation(draft, post.id, slot.talk, cast)
        comments += talk.comments(first=_FIRST_COMMENT_ID + len(comments))
    return DemoContent(tuple(posts), tuple(comments))


def _post(draft: Draft, published: datetime, *, number: int) -> DemoPost:
    rng = Random(f"numbers {draft.script.slug}")
    views = rng.randrange(700, 4000) + 420 * len(draft.lines)
    return DemoPost(
        id=number,
        section=draft.script.section,
        slug=draft.script.slug,
        title=draft.script.title,
        paragraphs=draft.script.paragraphs,
        tags=draft.script.tags,
        category=draft.brand.category,
        author=rng.choice(draft.brand.editors),
        published=published,
        likes=round(views * rng.uniform(0.012, 0.055)),
        views=views,
    )
