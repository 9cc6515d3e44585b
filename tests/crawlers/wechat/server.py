"""A fake of the official account's API on a free port of loopback; it enforces what ``docs/wechat_mp.md`` lists.

HTTP 200 always, ``errcode`` says what happened. Its clock is the test's; each quota counts a day of Asia/Shanghai.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOKEN = "/cgi-bin/stable_token"
LIST = "/cgi-bin/freepublish/batchget"
FIGURES = "/datacube/getarticletotaldetail"
COMMENTS = "/cgi-bin/comment/list"
OFFLINE = ("/datacube/getarticletotal", "/datacube/getarticlesummary")

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40097: "invalid args",
    40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    41001: "access_token missing",
    42001: "access_token expired",
    43002: "require POST method",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    47009: "this api is offline, please use the new api",
    48001: "api unauthorized",
    61500: "date format error",
    61501: "date range error",
    61503: "data not ready",
    88000: "without comment privilege",
    88001: "msg_data is not exists",
    88010: "count range error. cause begin < 0 or count <= 0 or count >= 50",
}


class Refused(Exception):
    """A call that the API refuses, with its ``errcode``."""


@dataclass
class Article:
    """One article of the account; ``notified`` was sent to the followers, and then no list has it."""

    mid: int
    idx: int
    title: str
    published: datetime
    content: str = "<p>正文</p>"
    author: str = "编辑部"
    notified: bool = False
    deleted: bool = False
    comments: list[dict[str, Any]] = field(default_factory=list)
    reads: int = 100
    short: bool = False
    listed_mid: int | None = None

    @property
    def msgid(self) -> str:
        """``msg_data_id_index``."""
        return f"{self.mid}_{self.idx}"

    @property
    def url(self) -> str:
        """Its address, as the list writes it."""
        mid = self.listed_mid or self.mid
        whole = f"http://mp.weixin.qq.com/s?__biz=MzA3&mid={mid}&idx={self.idx}&sn=ab12&chksm=cd34#rd"
        return f"https://mp.weixin.qq.com/s/q{self.mid}{self.idx}" if self.short else whole

    @property
    def day(self) -> date:
        """Its day of publication in Shanghai."""
        return self.published.astimezone(SHANGHAI).date()


class Account:
    """An official account, and every call that was made of its API."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.appid, self.secret = "wx0123456789abcdef", "s3cret-of-the-account"
        self.articles: list[Article] = []
        self.token_seconds = 7200.0
        self.quotas = {"/cgi-bin/token": 2000, TOKEN: 500_000, LIST: 100, FIGURES: 1000, COMMENTS: 1000}
        self.minute_quotas = {TOKEN: 10_000}
        self.unauthorized: set[str] = set()
        self.comment_privilege = True
        self.known_ip = True
        self.ready = time(8, 0)
        self.delayed = False
        self.newest_first = True
        self.busy: Counter[str] = Counter()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.queries: list[str] = []
        self.tokens: dict[str, datetime] = {}
        self.refused: Counter[int] = Counter()
        self.connections = 0
        self._spent: Counter[tuple[str, date]] = Counter()
        self._minute: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def called(self, api: str) -> int:
        """How often an API was called."""
        return sum(path == api for path, _ in self.calls)

    def connected(self, more: int) -> None:
        """So many more connections are open."""
        with self._lock:
            self.connections += more

    def revoke(self) -> None:
        """Make every token that was handed out invalid, as a forced refresh elsewhere does."""
        self.tokens.clear()

    def answer(self, method: str, address: str, body: bytes) -> dict[str, Any]:
        """One call: its answer, or its refusal."""
        path = urlsplit(address).path
        with self._lock:
            self.queries.append(address)
            try:
                fields = json.loads(body or b"{}")
                self.calls.append((path, {name: value for name, value in fields.items() if name != "secret"}))
                return self._serve(method, path, address, fields)
            except Refused as refused:
                errcode = int(str(refused))
                self.refused[errcode] += 1
                return {"errcode": errcode, "errmsg": f"{MESSAGES[errcode]} rid: 65a1b2c3-0d1e2f3a-4b5c6d7e"}

    def _serve(self, method: str, path: str, address: str, fields: dict[str, Any]) -> dict[str, Any]:
        if method != "POST":
            raise Refused(43002)
        if path == TOKEN:
            self._count(path)
            return self._token(fields)
        self._check_token(address)
        self._count(path)
        if path in self.unauthorized:
            raise Refused(48001)
        if path in OFFLINE:
            raise Refused(47009)
        if self.busy[path]:
            self.busy[path] -= 1
            raise Refused(-1)
        return {LIST: self._list, FIGURES: self._figures, COMMENTS: self._comments}[path](fields)

    def _count(self, path: str) -> None:
        local = self.now.astimezone(SHANGHAI)
        day, minute = (path, local.date()), (path, f"{local:%Y%m%d%H%M}")
        self._spent[day] += 1
        self._minute[minute] += 1
        if self._spent[day] > self.quotas.get(path, 1000):
            raise Refused(45009)
        if self._minute[minute] > self.minute_quotas.get(path, 10_000):
            raise Refused(45011)

    def _token(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The valid token, or a new one in its last five minutes: both are valid then."""
        if fields.get("grant_type") != "client_credential":
            raise Refused(40002)
        if fields.get("appid") != self.appid:
            raise Refused(40013)
        if fields.get("secret") != self.secret:
            raise Refused(40125)
        if not self.known_ip:
            raise Refused(40164)
        latest = max(self.tokens, key=lambda token: self.tokens[token], default=None)
        if fields.get("force_refresh") or latest is None or self._left(latest) < min(300, self.token_seconds / 2):
            latest = f"{len(self.calls)}_t0ken_" + "x" * 120
            self.tokens[latest] = self.now + timedelta(seconds=self.token_seconds)
        return {"access_token": latest, "expires_in": int(self._left(latest))}

    def _left(self, token: str) -> float:
        return (self.tokens[token] - self.now).total_seconds()

    def _check_token(self, address: str) -> None:
        token = parse_qs(urlsplit(address).query).get("access_token", [""])[0]
        if not token:
            raise Refused(41001)
        if token not in self.tokens:
            raise Refused(40001)
        if self._left(token) <= 0:
            raise Refused(42001)

    def _list(self, fields: dict[str, Any]) -> dict[str, Any]:
        offset, count = fields.get("offset"), fields.get("count")
        if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 1 <= count <= 20:
            raise Refused(40097)
        messages: dict[int, list[Article]] = {}
        for article in self.articles:
            if not article.notified:
                messages.setdefault(article.mid, []).append(article)
        order = sorted(messages.values(), key=lambda group: group[0].published, reverse=self.newest_first)
        rows = [self._publication(group) for group in order[offset : offset + count]]
        return {"total_count": len(order), "item_count": len(rows), "item": rows}

    def _publication(self, group: list[Article]) -> dict[str, Any]:
        news = [
            {
                "title": one.title,
                "author": one.author,
                "digest": "",
                "content": one.content,
                "content_source_url": "",
                "need_open_comment": 1,
                "url": one.url,
                "is_deleted": one.deleted,
            }
            for one in sorted(group, key=lambda one: one.idx)
        ]
        stamp = int(group[0].published.timestamp())
        content = {"news_item": news, "create_time": stamp, "update_time": stamp}
        return {"article_id": f"q{group[0].mid}", "update_time": stamp, "content": content}

    def _figures(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Figures of what was published on one day: not before it is over, and not before 08:00 of the next."""
        begin, end = (self._day(fields.get(name)) for name in ("begin_date", "end_date"))
        local = self.now.astimezone(SHANGHAI)
        if begin != end or end >= local.date():
            raise Refused(61501)
        if end == local.date() - timedelta(days=1) and local.time() < self.ready:
            raise Refused(61503)
        last = local.date() - timedelta(days=1 if local.time() >= self.ready else 2)
        rows = [self._curve(one, last) for one in self.articles if one.day == begin and begin >= date(2025, 11, 1)]
        return {"list": rows, "is_delay": self.delayed}

    @staticmethod
    def _day(raw: Any) -> date:
        try:
            return datetime.strptime(raw, "%Y-%m-%d").date()
        except (TypeError, ValueError) as error:
            raise Refused(61500) from error

    @staticmethod
    def _curve(article: Article, last: date) -> dict[str, Any]:
        days = [article.day + timedelta(days=n) for n in range(min(30, (last - article.day).days + 1))]
        details = [
            {
                "stat_date": day.isoformat(),
                "read_user": article.reads * (n + 1),
                "read_user_source": [{"user_count": article.reads * (n + 1), "scene_desc": "全部"}],
                "share_user": n,
                "zaikan_user": 1,
                "like_user": 2 * n,
                "comment_count": len(article.comments),
                "collection_user": 3,
                "praise_money": 0,
                "read_subscribe_user": 4,
                "read_delivery_rate": 0.0271,
                "read_finish_rate": 0.63,
            }
            for n, day in enumerate(days)
        ]
        return {
            "ref_date": article.day.isoformat(),
            "msgid": article.msgid,
            "publish_type": 0 if article.notified else 1,
            "title": article.title,
            "content_url": article.url,
            "detail_list": details,
        }

    def _comments(self, fields: dict[str, Any]) -> dict[str, Any]:
        if not self.comment_privilege:
            raise Refused(88000)
        begin, count = fields.get("begin"), fields.get("count")
        if not isinstance(begin, int) or not isinstance(count, int) or begin < 0 or not 0 < count < 50:
            raise Refused(88010)
        place = fields.get("index", 0) + 1
        found = [one for one in self.articles if one.mid == fields.get("msg_data_id") and one.idx == place]
        if not found or found[0].deleted:
            raise Refused(88001)
        rows = found[0].comments[begin : begin + count]
        return {"errcode": 0, "errmsg": "ok", "total": len(found[0].comments), "comment": rows}


class _Call(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.account.connected(1)

    def finish(self) -> None:
        self.server.account.connected(-1)
        super().finish()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = json.dumps(self.server.account.answer(self.command, self.path, body), ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; encoding=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: the account keeps what was called."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nothing: a killed crawl hangs up."""

    def __init__(self, account: Account) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.account = account


@contextmanager
def serving(account: Account) -> Iterator[str]:
    """The address at which the account's API answers."""
    server = _Server(account)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
