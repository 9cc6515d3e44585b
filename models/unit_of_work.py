"""One transaction with its repositories; it rolls back unless it is committed."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

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
    """``with UnitOfWork(engine) as work: …; work.commit()``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        self._session = Session(self._engine, expire_on_commit=False)
        self.bundles = BundleRepository(self._session)
        self.content = ContentRepository(self._session)
        self.curves = CurveRepository(self._session)
        self.identities = IdentityRepository(self._session)
        self.labels = LabelRepository(self._session)
        self.links = LinkRepository(self._session)
        self.quarantine = QuarantineRepository(self._session)
        self.tags = TagRepository(self._session)
        self.texts = TextRepository(self._session)
        self.persons = PersonRepository(self._session)
        self.people = PeopleRepository(self._session)
        self.leads = LeadRepository(self._session)
        self.tickets = TicketRepository(self._session)
        self.replay = ReplayRepository(self._session)
        self.routing = RoutingRepository(self._session)
        self.runs = RunRepository(self._session)
        self.seats = SeatRepository(self._session)
        self.signals = SignalRepository(self._session)
        self.queue = QueueRepository(self._session)
        self.due = DueRepository(self._session)
        self.sends = SendRepository(self._session)
        self.visits = VisitRepository(self._session)
        self.weekly = WeeklyRepository(self._session)
        return self

    def commit(self) -> None:
        """Keep what was done."""
        self._session.commit()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.rollback()
        self._session.close()
