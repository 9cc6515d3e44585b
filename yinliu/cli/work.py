"""The stages with a workspace's parts given to them: what the commands, ``run`` and the demo call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nlp.contacts import mask_text
from yinliu import wording
from yinliu.bootstrap import App
from yinliu.crm.csv_file import CsvFolder
from yinliu.errors import Misconfigured, YinliuError, gravest
from yinliu.hubs.hub import Hub
from yinliu.language import Language, Text
from yinliu.reports.week import Week
from yinliu.stages.counts import Counts, Progress, now, silent
from yinliu.stages.crawl import Crawled, crawl
from yinliu.stages.export import Wording, export
from yinliu.stages.invite import invite
from yinliu.stages.load import load
from yinliu.stages.observe import observe
from yinliu.stages.qualify import qualify
from yinliu.stages.report import report
from yinliu.stages.route import route
from yinliu.stages.tag import tag
from yinliu.stages.upkeep import upkeep
from yinliu.workspace.document import no_such

CRAWLS_AT_ONCE = 2
"""Sources gathered side by side; each may run a browser of 0.6 GiB."""


@dataclass(frozen=True)
class Stages:
    """The stages of one workspace; each run is kept in the database with its counts."""

    app: App

    def crawl(
        self, names: list[str], *, since: datetime | None, progress: Progress = silent
    ) -> list[Crawled | YinliuError]:
        """Gather sources; one that fails does not keep the others from being gathered."""
        sources = self.app.chosen_sources(names)
        self.app.engine  # noqa: B018 (the tables are made before threads begin)
        with ThreadPoolExecutor(max_workers=CRAWLS_AT_ONCE) as pool:
            return list(pool.map(lambda source: self._crawl_one(source, since, progress), sources))

    def _crawl_one(self, source: Any, since: datetime | None, progress: Progress) -> Crawled | YinliuError:
        began = now()
        try:
            done = crawl(
                self.app.begin,
                source=source,
                landing=self.app.workspace.landing,
                since=since,
                browser=self.app.browser,
                progress=progress,
            )
        except YinliuError as error:
            self._record("crawl", {}, began, subject=source.name, outcome=error.code)
            return error
        failure = done.error()
        self._record("crawl", done.counts, began, subject=source.name, outcome=failure.code if failure else "done")
        return done

    def load(self, progress: Progress = silent) -> Counts:
        """Landing files into the database."""
        return self._kept("load", lambda: load(self.app.begin, landing=self.app.workspace.landing, progress=progress))

    def tag(self, progress: Progress = silent) -> Counts:
        """Tags for everything that has none of this version."""
        tagger, vault = self.app.tagger, self.app.vault
        return self._kept("tag", lambda: tag(self.app.begin, tagger=tagger, vault=vault, progress=progress))

    def qualify(self, progress: Progress = silent) -> Counts:
        """Persons, signals and leads from what was tagged."""
        workspace = self.app.workspace
        served = {topic for community in workspace.communities.communities for topic in community.topics}
        return self._kept(
            "qualify",
            lambda: qualify(
                self.app.begin,
                version=self.app.tagger.version,
                policy=workspace.scoring,
                served_topics=served or {topic.name for topic in workspace.topics.topics},
                colleagues=[*workspace.general.team_accounts, *self._own_accounts()],
                progress=progress,
            ),
        )

    def _own_accounts(self) -> list[str]:
        return [account for source in self.app.sources.values() for account in source.own_accounts]

    def route(self, progress: Progress = silent) -> Counts:
        """Tickets for qualified leads."""
        policy, zone = self.app.workspace.communities, self.app.workspace.zone
        return self._kept("route", lambda: route(self.app.begin, policy=policy, progress=progress, zone=zone))

    def upkeep(self) -> Counts:
        """Late, expired and waiting tickets."""
        policy, zone = self.app.workspace.communities, self.app.workspace.zone
        return self._kept("upkeep", lambda: upkeep(self.app.begin, policy=policy, zone=zone))

    def invite(self, hubs: Mapping[str, Hub], *, limit: int | None = None, progress: Progress = silent) -> Counts:
        """Invitations by these hubs."""
        app = self.app
        return self._kept(
            "invite",
            lambda: invite(
                app.begin,
                policy=app.workspace.communities,
                hubs=hubs,
                vault=app.vault,
                limit=limit,
                progress=progress,
            ),
        )

    def observe(self, hubs: Mapping[str, Hub]) -> Counts:
        """Who joined or left at these hubs."""
        app = self.app
        return self._kept(
            "observe", lambda: observe(app.begin, policy=app.workspace.communities, hubs=hubs, vault=app.vault)
        )

    def export(self, name: str) -> tuple[Counts, list[str]]:
        """Leads to a target of ``crm.yaml``."""
        rule = self._target(name)
        folder = self.app.workspace.data / rule.folder
        wording_ = Wording(self.app.vault, self.app.workspace.zone, self._titles(), wording.state)
        began = now()
        lock = folder / f".{name}.lock"
        counts, places = export(self.app.begin, name=name, target=CsvFolder(folder), wording=wording_, lock=lock)
        self._record("export", counts, began, subject=name)
        return counts, places

    def _target(self, name: str) -> Any:
        targets = {target.name: target for target in self.app.workspace.crm.targets}
        if name not in targets:
            said = Text(f"crm.yaml 里没有名为 {name!r} 的导出目标", f"crm.yaml has no target {name!r}")
            raise Misconfigured(no_such(said, name, targets), code="no_target")
        return targets[name]

    def _titles(self) -> dict[str, str]:
        intents = {intent.name: intent.title for intent in self.app.workspace.intents.intents}
        return {name: wording.signal(name).zh for name in self.app.workspace.scoring.signals} | intents

    def report(self, week: Week, *, language: Language) -> Path:
        """The weekly report as a file."""
        workspace = self.app.workspace
        began = now()
        path, facts = report(
            self.app.begin,
            week=week,
            folder=workspace.data / "reports",
            team=workspace.general.team,
            zone=workspace.zone,
            topic_titles={topic.name: topic.title for topic in workspace.topics.topics},
            sources={source.name: source.platform for source in self.app.sources.values()},
            version=self.app.tagger.version,
            language=language,
            mask=mask_text,
        )
        self._record("report", {"posts": facts.this.posts, "comments": facts.this.comments}, began, subject=week.label)
        return path

    def newest_week(self) -> Week | None:
        """The week of the newest post; None without any."""
        with self.app.reading() as work:
            newest = work.weekly.newest_post()
        return Week.of(newest, self.app.workspace.zone) if newest else None

    def last_week(self) -> Week:
        """The last ISO week that is over."""
        return Week.of(now(), self.app.workspace.zone).previous

    def _kept(self, stage: str, work: Callable[[], Counts]) -> Counts:
        began = now()
        counts = work()
        self._record(stage, counts, began)
        return counts

    def _record(
        self, stage: str, counts: Counts, began: datetime, *, subject: str | None = None, outcome: str = "done"
    ) -> None:
        with self.app.begin() as work:
            work.runs.record(stage=stage, subject=subject, outcome=outcome, counts=counts, began=began, now=now())
            work.commit()


def worst(results: Sequence[Crawled | YinliuError]) -> YinliuError | None:
    """The error to end with after crawling: what needs somebody before what only needs time; all their messages."""
    errors = [error for result in results if (error := result if isinstance(result, YinliuError) else result.error())]
    return gravest(errors) if errors else None
