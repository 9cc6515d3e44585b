"""``yinliu suggest``: terms that rose this week, for a person to accept into a topic or to dismiss."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from nlp.discovery.naming import name_for
from yinliu.cli.door import Door
from yinliu.cli.stages import WeekName
from yinliu.cli.work import Stages
from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.locks import only_one
from yinliu.reports.week import Week
from yinliu.stages.suggest import NewTopic, Suggestion
from yinliu.stages.suggest import suggest as rising
from yinliu.workspace.dismissed import dismiss as remember
from yinliu.workspace.dismissed import dismissed
from yinliu.workspace.phrases import add_word, checked_word

Row = dict[str, Any]
_BESIDE = 3
_COLUMNS = (
    ("词", "term"),
    ("本周人数", "accounts"),
    ("此前周均", "before"),
    ("增长", "growth"),
    ("条数", "texts"),
    ("文章", "posts"),
    ("凝固度", "cohesion"),
    ("自由度", "freedom"),
    ("建议", "proposal"),
    ("同现", "beside"),
    ("例句", "example"),
)


def suggest(
    context: typer.Context,
    *,
    week: WeekName = None,
    most: Annotated[int, typer.Option(min=1, max=200, help="最多列多少个 / at most")] = 20,
    accept: Annotated[str | None, typer.Option(help="把这个词加入话题 / add this term to a topic")] = None,
    topic: Annotated[str | None, typer.Option(help="话题名称 / the topic's name")] = None,
    title: Annotated[str | None, typer.Option(help="新话题的标题 / a new topic's title")] = None,
    dismiss: Annotated[list[str] | None, typer.Option(help="不再建议这个词 / never suggest it again")] = None,
) -> None:
    """本周上升的新词，由人决定加入哪个话题。 / New terms of a week, for a person to accept."""
    door: Door = context.obj
    if accept is not None and dismiss:
        text = Text("--accept 与 --dismiss 不能同时用。", "--accept and --dismiss exclude each other.")
        raise Misconfigured(text, code="bad_options")
    if accept is None and (topic is not None or title is not None):
        text = Text("--topic 和 --title 要与 --accept 一起用。", "--topic and --title belong to --accept.")
        raise Misconfigured(text, code="bad_options")
    if accept is not None:
        _accept(door, checked_word(accept), topic, title)
    elif dismiss:
        _dismiss(door, [checked_word(term) for term in dismiss])
    else:
        _list(door, _chosen(door, week), most)


def _chosen(door: Door, label: str | None) -> Week:
    if label is None:
        return Stages(door.app).last_week()
    week = Week.parse(label)
    if week.start > datetime.now(door.app.workspace.zone).date():
        text = Text(f"{week.label} 还没到，无从建议。", f"{week.label} has not begun: there is nothing to suggest.")
        raise Misconfigured(text, code="week_to_come")
    return week


def _list(door: Door, week: Week, most: int) -> None:
    workspace = door.app.workspace
    found = rising(
        door.app.reading,
        week=week,
        zone=workspace.zone,
        topics={rule.name: rule.words for rule in workspace.topics.topics},
        dismissed=dismissed(workspace.data),
        most=most,
    )
    door.give_lines([_row(week, one) for one in found])
    if not found:
        door.say(Text(f"{week.label} 没有明显上升的新词。", f"{week.label}: no new term rose."))
        return
    titles = {rule.name: rule.title for rule in workspace.topics.topics}
    door.table(
        Text(f"{week.label} 上升的词", f"rising in {week.label}"), _COLUMNS, [_cells(one, titles) for one in found]
    )
    _tell_new_topics(door, found)
    if found[0].term.growth is None:
        door.say(Text("此前没有数据，按人数排列。", "there is nothing before to compare with: ordered by accounts."))


def _row(week: Week, one: Suggestion) -> Row:
    term, fresh = one.term, one.new_topic
    names = ("accounts", "texts", "posts", "before", "growth", "surprise", "cohesion", "freedom")
    near = [{"topic": topic.topic, "share": topic.share, "usual": topic.usual} for topic in one.near]
    new_topic = {"name": fresh.name, "title": fresh.title, "terms": fresh.terms} if fresh else None
    words = {"beside": one.beside, "variants": term.variants, "examples": term.examples}
    values = {name: getattr(term, name) for name in names}
    return {"week": week.label, "term": term.text, **values, **words, "near": near, "joins": one.joins} | {
        "new_topic": new_topic
    }


def _cells(one: Suggestion, titles: dict[str, str]) -> tuple[Any, ...]:
    term = one.term
    return (
        "、".join((term.text, *term.variants[:1])),
        term.accounts,
        f"{term.before:.1f}",
        "—" if term.growth is None else Text("新", "new") if not term.before else f"×{term.growth:.1f}",
        term.texts,
        term.posts,
        "—" if term.cohesion is None else f"{term.cohesion:.1f}",
        f"{term.freedom:.1f}",
        _proposal(one, titles),
        "、".join(one.beside[:_BESIDE]),
        next(iter(term.examples), ""),
    )


def _proposal(one: Suggestion, titles: dict[str, str]) -> Text:
    if one.joins:
        share = next(near.share for near in one.near if near.topic == one.joins)
        title = titles[one.joins]
        return Text(f"并入 {one.joins}（{title}，{share:.0%}）", f"join {one.joins} ({share:.0%})")
    name = (one.new_topic.name if one.new_topic else None) or "?"
    return Text(f"新话题 {name}", f"new topic {name}")


def _tell_new_topics(door: Door, found: list[Suggestion]) -> None:
    """Clusters a line each; a term that stands alone is in the table already."""
    fresh: dict[NewTopic, None] = dict.fromkeys(one.new_topic for one in found if one.new_topic)
    for topic in fresh:
        if len(topic.terms) > 1:
            words = "、".join(topic.terms)
            door.say(Text(f"可新建话题 {topic.name}：{words}", f"a new topic {topic.name}: {words}"))
    told = "yinliu suggest --accept 词 --topic 话题 [--title 标题]；yinliu suggest --dismiss 词"
    door.say(
        Text(f"加入或忽略：{told}", "then: yinliu suggest --accept TERM --topic NAME [--title T], or --dismiss TERM")
    )


def _accept(door: Door, term: str, topic: str | None, title: str | None) -> None:
    workspace = door.app.workspace
    titles = {rule.name: rule.title for rule in workspace.topics.topics}
    if topic is None:
        raise _no_topic(term, titles)
    with only_one(workspace.data / ".topics.lock", what=Text("修改 topics.yaml ", "changing topics.yaml")):
        made = add_word(workspace.folder / "topics.yaml", word=term, topic=topic, title=title)
    door.give({"accepted": term, "topic": topic, "new_topic": made})
    what = Text(f"新建话题 {topic}", f"made the topic {topic}") if made else Text(f"话题 {topic}", f"topic {topic}")
    door.say(
        Text(
            f"“{term}”已加入 topics.yaml：{what.zh}。下次 yinliu tag 会按新的规则重新打标。",
            f"added {term!r} to topics.yaml: {what.en}. The next `yinliu tag` reads everything by it.",
        )
    )


def _no_topic(term: str, titles: dict[str, str]) -> Misconfigured:
    known = "、".join(f"{name}（{title}）" for name, title in titles.items())
    name = name_for(term, titles) or "NAME"
    text = Text(
        f"请用 --topic 指定话题：{known}；或新建：--topic {name} --title {term}",
        f"name a --topic: {', '.join(titles)}; or make one: --topic {name} --title {term}",
    )
    return Misconfigured(text, code="no_topic")


def _dismiss(door: Door, terms: list[str]) -> None:
    data = door.app.workspace.data
    door.app.workspace.general  # noqa: B018 (nothing is written in a folder that is no workspace)
    with only_one(data / ".dismissed.lock", what=Text("记录忽略的词", "dismissing")):
        fresh = remember(data, terms)
    door.give({"dismissed": terms, "new": fresh})
    said = "、".join(terms)
    door.say(Text(f"不再建议：{said}（{data / 'dismissed.txt'}）", f"not suggested again: {said}"))
