"""One transaction with its repositories; it rolls back unless it is committed."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.repositories.bulk import Bulk, Line
from models.repositories.bundles import BundleRepository
from models.repositories.contacts import ContactRepository
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
from models.repositories.walkins import WalkInRepository
from models.repositories.weekly import WeeklyRepository


class UnitOfWork:
    """``with UnitOfWork(engine) as work: …; work.commit()``.

    A repository is made when it is asked for: a small transaction needs one or two of them. One that is ``reading``
    changes nothing: it sees the database as of one moment, waits for no writer and keeps none waiting.
    """

    def __init__(self, engine: Engine, *, reading: bool = False) -> None:
        self._engine, self._reading = engine, reading

    def __enter__(self) -> Self:
        made = vars(self)
        for name in _REPOSITORIES.intersection(made):
            del made[name]
        self._line = Line(self._engine, reading=self._reading)
        return self

    def commit(self) -> None:
        """Keep what was done; :class:`ValueError` for one that only reads."""
        if self._reading:
            raise ValueError("a unit of work that only reads has nothing to keep")
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
        """Versions of rules and heads that were used."""
        return BundleRepository(self._session)

    @cached_property
    def contacts(self) -> ContactRepository:
        """Whose contacts are."""
        return ContactRepository(Bulk(self._line))

    @cached_property
    def content(self) -> ContentRepository:
        """What landed, into posts, comments, accounts."""
        return ContentRepository(self._session)

    @cached_property
    def curves(self) -> CurveRepository:
        """How a post's counters went."""
        return CurveRepository(self._session)

    @cached_property
    def due(self) -> DueRepository:
        """Tickets whose time has come."""
        return DueRepository(self._line)

    @cached_property
    def identities(self) -> IdentityRepository:
        """Who is who."""
        return IdentityRepository(self._session)

    @cached_property
    def labels(self) -> LabelRepository:
        """Labels that people gave."""
        return LabelRepository(self._session)

    @cached_property
    def leads(self) -> LeadRepository:
        """Leads with everything behind them."""
        return LeadRepository(self._session)

    @cached_property
    def links(self) -> LinkRepository:
        """Signposts and clicks."""
        return LinkRepository(self._line)

    @cached_property
    def people(self) -> PeopleRepository:
        """Comments to qualify, and the leads they make."""
        return PeopleRepository(self._line)

    @cached_property
    def persons(self) -> PersonRepository:
        """Persons as people ask about them."""
        return PersonRepository(self._session)

    @cached_property
    def quarantine(self) -> QuarantineRepository:
        """What could not be read."""
        return QuarantineRepository(self._session)

    @cached_property
    def queue(self) -> QueueRepository:
        """Leases on tickets."""
        return QueueRepository(self._line)

    @cached_property
    def replay(self) -> ReplayRepository:
        """What simulating needs to read."""
        return ReplayRepository(self._line)

    @cached_property
    def routing(self) -> RoutingRepository:
        """Communities, groups, turns, leads to route."""
        return RoutingRepository(self._line)

    @cached_property
    def runs(self) -> RunRepository:
        """What the stages did."""
        return RunRepository(self._session)

    @cached_property
    def seats(self) -> SeatRepository:
        """The seat ledger."""
        return SeatRepository(self._line)

    @cached_property
    def sends(self) -> SendRepository:
        """Invitations and their results."""
        return SendRepository(self._line)

    @cached_property
    def signals(self) -> SignalRepository:
        """The log of signals."""
        return SignalRepository(self._line)

    @cached_property
    def tags(self) -> TagRepository:
        """Texts to tag, and their tags."""
        return TagRepository(self._session)

    @cached_property
    def texts(self) -> TextRepository:
        """Texts as they were said."""
        return TextRepository(self._session)

    @cached_property
    def tickets(self) -> TicketRepository:
        """Tickets as people ask about them."""
        return TicketRepository(self._session)

    @cached_property
    def visits(self) -> VisitRepository:
        """When posts are read again."""
        return VisitRepository(self._session)

    @cached_property
    def walk_ins(self) -> WalkInRepository:
        """Who came into a group without a ticket."""
        return WalkInRepository(self._line)

    @cached_property
    def weekly(self) -> WeeklyRepository:
        """What the weekly report asks."""
        return WeeklyRepository(self._session)


_REPOSITORIES = frozenset(name for name, each in vars(UnitOfWork).items() if isinstance(each, cached_property))
