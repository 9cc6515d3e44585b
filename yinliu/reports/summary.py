"""The week in three to five sentences, worked out from the figures."""

from __future__ import annotations

from markupsafe import Markup

from yinliu.language import Language, Text
from yinliu.reports.amounts import Change, percent, ratio
from yinliu.reports.facts import PostLine, SourceLine, WeeklyFacts
from yinliu.reports.fitting import fit
from yinliu.reports.phrases import (
    COMMENTS,
    KINDS,
    LEADS,
    PEOPLE,
    POSTS,
    QUALIFIED,
    TICKETS,
    listed,
    moved,
    sentence,
)
from yinliu.reports.wording import calendar_day, weekday


def is_empty(facts: WeeklyFacts) -> bool:
    """Nothing was published and nobody commented."""
    return not facts.this.posts and not facts.this.comments


def ranked(posts: tuple[PostLine, ...]) -> tuple[PostLine, ...]:
    """The posts that brought most leads first, then those with most people who joined, with most comments."""
    return tuple(sorted(posts, key=lambda post: (-post.leads, -post.joined, -post.comments, -(post.likes or 0))))


def summary(facts: WeeklyFacts, *, language: Language) -> tuple[Markup, ...]:
    """What moved, what worked, where leads came from, and what needs somebody."""
    if is_empty(facts):
        told = [_nothing(language), _leads(facts, language) if facts.this.leads else None, _joined(facts, language)]
    else:
        told = [_volume(facts, language), _leads(facts, language), _joined(facts, language)]
        told += [_best(facts, language), _origin(facts, language)]
    told.append(_to_do(facts, language))
    return tuple(each for each in told if each is not None)


def busiest(facts: WeeklyFacts, *, language: Language) -> Markup:
    """The day with most comments, said above the chart of days; empty when there were none."""
    day = max(facts.days, key=lambda line: line.comments, default=None)
    if day is None or not day.comments:
        return Markup("")
    zh = "评论最多的是{weekday}（{date}），{comments}；三项各用各的刻度"
    en = "Most comments on {weekday} {date}: {comments}. Each chart has its own scale"
    named = {"weekday": weekday(day.day, language), "date": calendar_day(day.day, language)}
    return sentence(Text(zh, en), language, **named, comments=COMMENTS.of(day.comments))


def _nothing(language: Language) -> Markup:
    zh = "本周<b>没有发布内容，也没有收到评论</b>。如与实际不符，请确认各来源仍在正常采集。"
    en = (
        "<b>Nothing was published and nobody commented</b> this week. If that is not so, check that every "
        "source is still being gathered."
    )
    return sentence(Text(zh, en), language)


def _volume(facts: WeeklyFacts, language: Language) -> Markup:
    zh = "本周发布内容 <b>{posts}</b>，{posts_moved}；收到 <b>{comments}</b>，{comments_moved}，共 {people}参与留言。"
    en = "Published: <b>{posts}</b>, {posts_moved}. Received: <b>{comments}</b> from {people}, {comments_moved}."
    return sentence(
        Text(zh, en),
        language,
        posts=POSTS.of(facts.this.posts),
        posts_moved=moved(_change(facts, "posts")),
        comments=COMMENTS.of(facts.this.comments),
        comments_moved=moved(_change(facts, "comments")),
        people=PEOPLE.of(facts.this.commenters),
    )


def _leads(facts: WeeklyFacts, language: Language) -> Markup:
    zh = "新增合格线索 <b>{leads}</b>，{leads_moved}；其中进入社群引导队列的工单 <b>{tickets}</b>，{tickets_moved}。"
    en = "Won: <b>{leads}</b>, {leads_moved}; of them queued: <b>{tickets}</b>, {tickets_moved}."
    return sentence(
        Text(zh, en),
        language,
        leads=QUALIFIED.of(facts.this.leads),
        leads_moved=moved(_change(facts, "leads")),
        tickets=TICKETS.of(facts.this.tickets),
        tickets_moved=moved(_change(facts, "tickets")),
    )


def _joined(facts: WeeklyFacts, language: Language) -> Markup | None:
    if not facts.this.joined:
        return None
    text = Text("本周进群 <b>{people}</b>，{moved}", "Joined a group: <b>{people}</b>, {moved}")
    people = PEOPLE.of(facts.this.joined)
    told = sentence(text, language, people=people, moved=moved(_change(facts, "joined")))
    return told + _earned(facts, language)


def _earned(facts: WeeklyFacts, language: Language) -> Markup:
    best = max(facts.top_posts, key=lambda post: post.joined, default=None)
    if best is None or not best.joined:
        return sentence(Text("。", "."), language)
    text = Text("；《{title}》带来最多（{people}）。", "; most because of “{title}” ({people}).")
    title = _cut(best.title) or Text("无标题", "untitled")
    return sentence(text, language, title=title, people=PEOPLE.of(best.joined))


def _best(facts: WeeklyFacts, language: Language) -> Markup | None:
    best = next(iter(ranked(facts.top_posts)), None)
    if best is None or not (best.leads or best.comments):
        return None
    zh = "表现最好的内容是{source}的<b>《{title}》</b>，带来 {comments}、{leads}线索。"
    en = "The best post was <b>“{title}”</b> from {source}, with {comments} and {leads}."
    return sentence(
        Text(zh, en),
        language,
        source=_cut(best.source),
        title=_cut(best.title) or Text("无标题", "untitled"),
        comments=COMMENTS.of(best.comments),
        leads=LEADS.of(best.leads),
    )


def _origin(facts: WeeklyFacts, language: Language) -> Markup | None:
    sources = sorted((line for line in facts.sources if line.leads), key=lambda line: -line.leads)[:2]
    if not sources:
        return None
    whole = sum(line.leads for line in facts.sources)
    named = listed([_source(line, whole, language) for line in sources], language)
    origin = sentence(Text("线索主要来自{named}", "Most leads came from {named}"), language, named=named)
    return origin + _strongest_topic(facts, language)


def _source(line: SourceLine, whole: int, language: Language) -> Markup:
    text = Text("<b>{name}</b>（{leads}，占 {share}）", "<b>{name}</b> ({leads}, {share})")
    share = percent(ratio(line.leads, whole))
    return sentence(text, language, name=_cut(line.name), leads=LEADS.of(line.leads), share=share)


def _strongest_topic(facts: WeeklyFacts, language: Language) -> Markup:
    topic = max(facts.topics, key=lambda line: line.leads, default=None)
    if topic is None or not topic.leads:
        return sentence(Text("。", "."), language)
    text = Text("；话题中「{name}」带来的线索最多（{leads}）。", "; the strongest topic was “{name}” ({leads}).")
    return sentence(text, language, name=_cut(topic.title or topic.name), leads=LEADS.of(topic.leads))


def _to_do(facts: WeeklyFacts, language: Language) -> Markup:
    open_points = [each for each in (_waiting(facts, language), _problems(facts, language)) if each]
    if not open_points:
        return sentence(
            Text("没有人等位，也没有待处理的数据问题。", "Nobody waits for a seat; no data problem is open."), language
        )
    points = Markup("；" if language == "zh" else "; ").join(open_points)
    return sentence(Text("<b>需要处理：</b>{points}。", "<b>To do:</b> {points}."), language, points=points)


def _waiting(facts: WeeklyFacts, language: Language) -> Markup | None:
    queues = [line for line in facts.communities if line.waiting]
    if not queues:
        return None
    named = listed([Markup.escape(_cut(line.title or line.name)) for line in queues], language)
    text = Text(
        "{named}共 {people}等位，请扩群或加开新群", "{people} waiting for a seat in {named}: add seats or open a group"
    )
    return sentence(text, language, named=named, people=PEOPLE.of(sum(line.waiting for line in queues)))


def _problems(facts: WeeklyFacts, language: Language) -> Markup | None:
    if not facts.problems:
        return None
    text = Text("数据问题 {kinds}共 {count} 条", "{kinds} of data problem ({count} items)")
    count = f"{sum(line.count for line in facts.problems):,}"
    return sentence(text, language, kinds=KINDS.of(len(facts.problems)), count=count)


def _cut(text: str) -> str:
    return fit(text, ems=36)


def _change(facts: WeeklyFacts, field: str) -> Change:
    return Change(getattr(facts.this, field), getattr(facts.before, field, None))
