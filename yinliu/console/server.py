"""The web application: signposts' pages, their QR codes, and whether the server is well.

Nothing of a visitor is kept: no cookie, no address, no log line; a visit is one more in a day's count.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated

import psycopg
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from yinliu.bootstrap import App
from yinliu.console.answers import healthy, notice, page, picture, svg
from yinliu.console.clicks import Clicks
from yinliu.console.pictures import svg_of
from yinliu.console.rulebook import Rulebook
from yinliu.console.visitors import is_visit
from yinliu.leads.codes import read, typed
from yinliu.stages.links import Landing, address, follow
from yinliu.workspace.communities import GroupRule
from yinliu.workspace.pictures import read_picture

_BOTH = ["GET", "HEAD"]
_LOG = logging.getLogger("yinliu.console")


class Signposts:
    """What the routes need of a workspace, wired once; ``look`` asks the database."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.clicks = Clicks(app.begin)
        self._key = app.vault.links_key
        self.rules = Rulebook(app.workspace)
        self.base = app.workspace.general.link_url
        self.team = app.workspace.general.team
        self.folder = app.workspace.folder

    def code(self, said: str) -> str | None:
        """The code in an address, whatever a chat glued to its end; None where it is none."""
        code = typed(said)
        return code if read(code, key=self._key) is not None else None

    def look(self, code: str, *, group: str | None, counted: bool) -> Landing | None:
        """What the page behind a code shows, to somebody with a seat in a ``group``."""
        communities, today = self.rules.current().by_name, self._today()
        with self._app.reading() as work:
            found = follow(
                work,
                code,
                key=self._key,
                communities=communities,
                today=today,
                drawn=self._is_drawn,
                invited_to=group,
            )
        if found is not None and counted:
            self.clicks.count(found.link, today)
        return found

    def _is_drawn(self, group: GroupRule) -> bool:
        return read_picture(self.folder, group.qr) is not None

    def check(self) -> None:
        """Ask the database anything; without a transaction, so that a writer does not keep it waiting."""
        connection = self._app.engine.raw_connection()
        try:
            connection.cursor().execute("SELECT 1")
        finally:
            connection.close()

    def _today(self) -> date:
        return datetime.now(self._app.workspace.zone).date()


def create_app(app: App) -> FastAPI:
    """The console's server over a workspace and its database; both are opened at once, so mistakes show early."""
    signposts = Signposts(app)

    @asynccontextmanager
    async def whole_life(_server: FastAPI) -> AsyncIterator[None]:
        yield
        signposts.clicks.close()

    server = FastAPI(
        title="yinliu", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=whole_life
    )
    server.state.signposts = signposts
    for path in ("/j/{code}", "/j/{code}/"):
        server.add_api_route(path, _landing, methods=_BOTH)
    server.add_api_route("/j/{code}/qr.svg", _own_code, methods=_BOTH)
    server.add_api_route("/j/{code}/group", _group_picture, methods=_BOTH)
    server.add_api_route("/healthz", _health, methods=_BOTH)
    server.add_exception_handler(HTTPException, _nowhere)
    for failure in (SQLAlchemyError, sqlite3.Error, psycopg.Error):  # the last two from below the session
        server.add_exception_handler(failure, _busy)
    server.add_exception_handler(Exception, _broken)
    return server


def _signposts(request: Request) -> Signposts:
    found: Signposts = request.app.state.signposts
    return found


_Signposts = Annotated[Signposts, Depends(_signposts)]
_Group = str | None
"""The group in which a seat is held for the visitor; any other is taken for none."""


def _landing(code: str, request: Request, signposts: _Signposts, g: _Group = None) -> Response:
    found = _found(code, signposts, group=g, counted=is_visit(request.method, request.headers))
    return notice("bad_code", status=404) if found is None else page(found, team=signposts.team)


def _own_code(code: str, signposts: _Signposts) -> Response:
    """The QR of the signpost's own address: for posts and posters; it stays the same whatever group is open."""
    known = signposts.code(code)
    return notice("bad_code", status=404) if known is None else svg(svg_of(address(known, base=signposts.base)))


def _group_picture(code: str, signposts: _Signposts, g: _Group = None) -> Response:
    """The picture of the group that is open now, as the team put it into the workspace."""
    found = _found(code, signposts, group=g, counted=False)
    if found is None or found.entrance is None or not found.entrance.picture:
        return notice("bad_code", status=404)
    known = read_picture(signposts.folder, found.entrance.group.qr)
    return notice("bad_code", status=404) if known is None else picture(known)


def _found(said: str, signposts: Signposts, *, group: str | None, counted: bool) -> Landing | None:
    code = signposts.code(said)
    return None if code is None else signposts.look(code, group=group, counted=counted)


def _health(signposts: _Signposts) -> Response:
    signposts.check()
    return healthy()


def _nowhere(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return notice("bad_code", status=status)


def _busy(_request: Request, error: Exception) -> Response:
    _LOG.warning("the database does not answer: %s", type(error).__name__)
    return notice("busy", status=503)


def _broken(_request: Request, _error: Exception) -> Response:
    return notice("busy", status=500)
