"""doctor: whether communities can be worked as ``communities.yaml`` says: shifts, cities, hubs, signposts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from yinliu.bootstrap import App
from yinliu.errors import YinliuError
from yinliu.findings import Finding, tried
from yinliu.hubs import check_hub
from yinliu.hubs.manual import PLACES
from yinliu.language import Text
from yinliu.leads.duty import doubtful_year
from yinliu.workspace.communities import CommunityRule
from yinliu.workspace.gazetteer import doubt
from yinliu.workspace.pictures import read_picture

_AHEAD = timedelta(days=60)
"""How long before its end the calendar is asked for: days off are published in November."""
_BRACED = re.compile(r"\{[^{}]{0,40}\}")


def days_off(app: App, moment: datetime) -> Iterator[Finding]:
    """A warning where shifts follow days off that nobody told, now or in the next weeks."""
    try:
        policy, zone = app.workspace.communities, app.workspace.zone
    except YinliuError:
        return
    moments = (moment, moment + _AHEAD)
    years = (doubtful_year(policy.operators, one, zone, policy.calendar) for one in moments)
    year = next((year for year in years if year), None)
    if year:
        yield Finding(
            Text("放假安排", "days off"),
            "warn",
            Text(
                f"没有 {year} 年的放假安排，班次按周一至周五算工作日：节假日会照常派单，调休上班日不派单",
                f"days off of {year} are not known: shifts go by Monday to Friday, holidays and make-up days left out",
            ),
            Text(
                "在 communities.yaml 写 calendar（见 docs/communities.md），或运行 pip install -U chinesecalendar",
                "write them to calendar in communities.yaml (docs/communities.md), or pip install -U chinesecalendar",
            ),
        )


def cities(app: App) -> Iterator[Finding]:
    """A warning for each city of a community by which hardly anybody would be found."""
    try:
        rules = app.workspace.communities.communities
    except YinliuError:
        return
    for rule in rules:
        for city in dict.fromkeys(rule.cities):
            found = doubt(city)
            if found:
                yield Finding(
                    Text("社群城市", "cities"),
                    "warn",
                    Text(f"社群「{rule.title}」的城市“{city}”：{found.zh}", f"{city!r} of {rule.name}: {found.en}"),
                    Text("改 communities.yaml 里的 cities", "correct cities in communities.yaml"),
                )


def hubs(app: App) -> Iterator[Finding]:
    """Each hub that some community uses: its token, and whether we may invite to its rooms."""
    try:
        policy = app.workspace.communities
    except YinliuError:
        return
    used = {rule.hub for rule in policy.communities}
    for rule in policy.hubs:
        if rule.name in used:
            check = partial(check_hub, rule, policy=policy, environ=os.environ)
            yield tried(Text(f"社群平台 {rule.name}", f"hub {rule.name}"), check)


def signposts(app: App, moment: datetime) -> Iterator[Finding]:
    """What people who follow a link would not find, and words that would be sent as they are written."""
    try:
        rules, general = app.workspace.communities.communities, app.workspace.general
    except YinliuError:
        return
    today = moment.astimezone(app.workspace.zone).date()
    mistakes = [text for rule in rules for text in (*_unfilled(rule), *_unseen(rule, app.workspace.folder, today))]
    if general.link_url is None:
        mistakes.append(
            Text("yinliu.yaml 没有 link_url，路标链接只在本机能打开", "no link_url: links open on this machine alone")
        )
    for text in mistakes:
        yield Finding(Text("路标", "signposts"), "warn", text, Text("见 docs/links.md", "see docs/links.md"))


def _unfilled(rule: CommunityRule) -> Iterator[Text]:
    for place in dict.fromkeys(_BRACED.findall(rule.words or "")):
        if place not in PLACES:
            yield Text(
                f"社群 {rule.name} 的 words 里 {place} 不会被替换；可用：{'、'.join(PLACES)}",
                f"{place} in the words of {rule.name} is sent as it is; there are {', '.join(PLACES)}",
            )


def _unseen(rule: CommunityRule, folder: Path, today: date) -> Iterator[Text]:
    for group in rule.all_groups:
        if group.qr and read_picture(folder, group.qr) is None:
            yield Text(
                f"社群 {rule.name} 的群 {group.name}：二维码图片 {group.qr} 不存在，或不是 2 MB 以内的 png、jpg、svg",
                f"the picture {group.qr} of {rule.name}, group {group.name}, is missing or no png, jpg, svg below 2 MB",
            )
        elif group.qr and group.qr_until and group.qr_until < today:
            yield Text(
                f"社群 {rule.name} 的群 {group.name}：二维码 {group.qr_until} 已过期，页面不再显示",
                f"the picture of {rule.name}, group {group.name}, ended on {group.qr_until} and is not shown",
            )
