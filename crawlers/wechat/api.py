"""Calling the official account's API: the access token, one call once, what is asked again and what is refused.

The token comes from ``stable_token``: in its ordinary mode it hands out the token that is valid already, so that other
systems of the account keep theirs. Every process asks for it anew; token and secret are in no journal, log or item.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

from msgspec import structs
from pydantic import Field
from scrapy import Request
from scrapy.http import Response

from crawlers.ask import Ask
from crawlers.items import ProblemItem, Scope
from crawlers.options import SourceOptions, WebAddress
from crawlers.problems import CrawlProblem
from crawlers.quoting import without
from crawlers.spider import PlatformSpider, Yield, response_text
from crawlers.wechat.refusals import LIST, TOKEN_API, TOKEN_REFUSED, Refusal, read_answer, refusal

_BUSY = -1
_VAIN_MOST, _ATTEMPTS_MOST = 2, 5
_TOKEN_NUMBER = "token_number"  # noqa: S105
_JSON = {"Content-Type": "application/json"}


class AccountOptions(SourceOptions):
    """An official account; its secret stands in the environment variable that ``secret_env`` names."""

    url: WebAddress = "https://api.weixin.qq.com/"
    appid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{4,64}$")]
    secret_env: Annotated[str, Field(pattern=r"^YINLIU_[A-Z0-9_]{1,80}$")] = "YINLIU_WECHAT_SECRET"  # noqa: S105


class AccountSpider(PlatformSpider):
    """Calls the API. An answer goes to the method that :meth:`call` names, a refusal to the one named so + _refused."""

    Options: ClassVar[type[SourceOptions]] = AccountOptions
    options: AccountOptions
    obeys_robots: ClassVar[bool] = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._secret = os.environ.get(self.options.secret_env, "")
        self._token, self._number, self._vain = "", 0, 0
        self._tokens: list[str] = []

    # The token

    def preparation(self) -> Yield:
        """The access token, once a process."""
        if not self._secret:
            self.standing.stopped = "secret_missing"
            raise CrawlProblem("secret_missing", f"the environment variable {self.options.secret_env} is not set")
        yield from self._ask_token()

    def _ask_token(self) -> Yield:
        body = {"grant_type": "client_credential", "appid": self.options.appid}
        url = self._address(TOKEN_API)
        yield from self.ask(
            url,
            self.read_token,
            scope="source",
            first=True,
            method="POST",
            body=json.dumps(body),
            headers=_JSON,
            meta={"secret_json": True},
        )

    def read_token(self, response: Response) -> Yield:
        """The token, or why there is none: then nothing else can be asked."""
        self.standing.stopped = "auth_expired"
        answer = read_answer(response_text(response)[0], api=TOKEN_API)
        refused = refusal(answer, api=TOKEN_API)
        if refused:
            self.standing.stopped = refused.code
            raise CrawlProblem(refused.code, refused.detail)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise CrawlProblem("not_json", f"{TOKEN_API}: no access_token in the answer")
        self._token, self._number, self.standing.stopped = token, self._number + 1, ""
        self._tokens.append(token)
        yield from ()

    def secrets(self) -> tuple[str, ...]:
        """The account's secret and each token of this process: an answer may repeat one that was renewed meanwhile."""
        return tuple(dict.fromkeys(one for one in (self._secret, *self._tokens) if one))

    def secret_json(self) -> dict[str, str]:
        """The account's secret, for the token's request alone."""
        return {"secret": self._secret}

    def secret_params(self) -> dict[str, str]:
        """The access token, where there is one."""
        return {"access_token": self._token} if self._token else {}

    # Every call of the API

    def call(self, api: str, key: str, reads: str, body: dict[str, Any], carried: dict[str, Any]) -> Yield:
        """Ask an API, once in a crawl; ``key`` tells this call from others of it, ``reads`` names a method."""
        call = {"api": api, "key": key, "reads": reads, "body": body, "carried": carried}
        yield from self._send(call, attempt=1)

    def _send(self, call: dict[str, Any], *, attempt: int) -> Yield:
        # The key makes the address of this call its own, so that what an earlier crawl left is not asked twice.
        again = "" if attempt == 1 else f";attempt={attempt}"
        scope: Scope = "source" if call["api"] == LIST else "item"
        yield from self.ask(
            self.locator(call["api"], call["key"] + again),
            self.read,
            scope=scope,
            kwargs={"call": call, "attempt": attempt},
            method="POST",
            body=json.dumps(call["body"]),
            headers=_JSON,
            once=True,
        )

    def _address(self, api: str) -> str:
        return f"{self.options.url.rstrip('/')}{api}"

    def dress(self, request: Request, ask: Ask) -> None:
        """Note which token a request goes out with."""
        request.meta[_TOKEN_NUMBER] = self._number

    def read(self, response: Response, *, call: dict[str, Any], attempt: int) -> Yield:
        """An answer: a refusal, or what the call's own method reads of it. A busy platform is asked once more."""
        answer = read_answer(without(self.secrets(), response_text(response)[0]), api=call["api"])
        refused = refusal(answer, api=call["api"])
        if refused is None:
            self._vain = 0
            yield from getattr(self, call["reads"])(answer, **call["carried"])
        elif refused.errcode in TOKEN_REFUSED:
            yield from self._renewed(response, refused, call, attempt=attempt)
        elif refused.errcode == _BUSY and attempt == 1:
            yield from self._send(call, attempt=2)
        else:
            yield from getattr(self, f"{call['reads']}_refused")(refused, call["key"], **call["carried"])

    def _renewed(self, response: Response, refused: Refusal, call: dict[str, Any], *, attempt: int) -> Yield:
        """The same call with a new token; the crawl ends where two tokens in a row were good for nothing."""
        request = response.request
        newest = request is not None and request.meta.get(_TOKEN_NUMBER) == self._number and bool(self._token)
        self._vain += newest
        if self._vain >= _VAIN_MOST or attempt >= _ATTEMPTS_MOST:
            self.standing.stopped = refused.code
            yield self.problem(refused, call["key"], scope="source")
            return
        if newest:
            self._token = ""
            yield from self._ask_token()
        yield from self._send(call, attempt=attempt + 1)

    def problem(self, refused: Refusal, key: str, *, scope: Scope) -> ProblemItem:
        """A refusal as a problem of the call that met it."""
        url = self.locator(refused.api, key)
        return ProblemItem(code=refused.code, url=url, detail=refused.detail, scope=scope)

    def located(self, problems: Iterable[ProblemItem], api: str, key: str) -> Iterator[ProblemItem]:
        """The problems of an answer; where one names no address, it names the call."""
        for problem in problems:
            yield structs.replace(problem, url=problem.url or self.locator(api, key))

    def locator(self, api: str, key: str) -> str:
        """Where a call goes, and which one it is: ``key`` stands behind #, which is not sent."""
        return f"{self._address(api)}#{key}"
