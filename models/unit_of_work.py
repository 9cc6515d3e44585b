"""One transaction with its repositories; it rolls back unless it is committed."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.repositories.bulk import Line
from models.repositories.bundles import BundleRepository
from models.repositories.content import ContentRepository
from models.repositories.curves import CurveRepository
from models.repositories.due import DueRepository
from models.repositories.identities import IdentityRepository
from models.repositories.labels import LabelRepository
from models.repositories.leads import LeadRepository
from models.repositories.links import LinkRepository
from models.repositories.people import PeopleRepository
from models.repositories.persons import PersonRepository
from models.repositories.quarantine import QuarantineRepository
from models.repositories.queue import QueueRepository
from models.repositories.replay import ReplayRepository
from models.repositories.routing import RoutingRepository
from models.repositories.runs import RunRepository
from models.repositories.seats import SeatRepository
from models.repositories.sends import SendRepository
from models.repositories.signals import SignalRepository
from models.repositories.tags import TagRepository
from models.repositories.texts import TextRepository
from models.repositories.tickets import TicketRepository
from models.repositories.visits import VisitRepository
from models.repositories.weekly import WeeklyRepository


class UnitOfWork:
    """``with UnitOfWork(engine) as work: …; work.commit()``.

    A repository is made when it is asked for: a small transaction needs one or two of them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        made = vars(self)
        for name in _REPOSITORIES.intersection(made):
            del made[name]
        self._line = Line(self._engine)
        return self

    def commit(self) -> None:
        """Keep what was done."""
        self._line.commit()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    @property
    def _session(self) -> Session:
        return self._line.session

    @cached_property
    def bundles(self) -> BundleRepository:
        return BundleRepository(self._session)

    @cached_property
    def content(self) -> ContentRepository:
        return ContentRepository(self._session)

    @cached_property
    def curves(self) -> CurveRepository:
        return CurveRepository(self._session)

    @cached_property
    def due(self) -> DueRepository:
        return DueRepository(self._session)

    @cached_property
    def identities(self) -> IdentityRepository:
        return IdentityRepository(self._session)

    @cached_property
    def labels(self) -> LabelRepository:
        return LabelRepository(self._session)

    @cached_property
    def leads(self) -> LeadRepository:
        return LeadRepository(self._session)

    @cached_property
    def links(self) -> LinkRepository:
        return LinkRepository(self._session)

    @cached_property
    def people(self) -> PeopleRepository:
        return PeopleRepository(self._session)

    @cached_property
    def persons(self) -> PersonRepository:
        return PersonRepository(self._session)

    @cached_property
    def quarantine(self) -> QuarantineRepository:
        return QuarantineRepository(self._session)

    @cached_property
    def queue(self) -> QueueRepository:
        return QueueRepository(self._line)

    @cached_property
    def replay(self) -> ReplayRepository:
        return ReplayRepository(self._session)

    @cached_property
    def routing(self) -> RoutingRepository:
        return RoutingRepository(self._session)

    @cached_property
    def runs(self) -> RunRepository:
        return RunRepository(self._session)

    @cached_property
    def seats(self) -> SeatRepository:
        return SeatRepository(self._line)

    @cached_property
    def sends(self) -> SendRepository:
        return SendRepository(self._session)

    @cached_property
    def signals(self) -> SignalRepository:
        return SignalRepository(self._session)

    @cached_property
    def tags(self) -> TagRepository:
        return TagRepository(self._session)

    @cached_property
    def texts(self) -> TextRepository:
        return TextRepository(self._session)

    @cached_property
    def tickets(self) -> TicketRepository:
        return TicketRepository(self._session)

    @cached_property
    def visits(self) -> VisitRepository:
        return VisitRepository(self._session)

    @cached_property
    def weekly(self) -> WeeklyRepository:
        return WeeklyRepository(self._session)


_REPOSITORIES = frozenset(name for name, each in vars(UnitOfWork).items() if isinstance(each, cached_property))
