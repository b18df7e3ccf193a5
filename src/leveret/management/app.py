"""From an HTTP request to a Call, from an Answer to an HTTP response.

    paths as they were sent ──> Starlette finds the resource ──> Endpoint: method, entry, vhost,
    body, handler ──> settled on the disk ──> response

Rule: nobody who may not ask learns whether what he asks for is there.
"""

from __future__ import annotations

import inspect
import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from leveret.broker.events import INTERNAL
from leveret.durable import wait_settled
from leveret.management.answers import HttpRefused, Listing, NotAuthorised, NotThere
from leveret.management.api import API, PAGES, RESOURCES
from leveret.management.call import Arrival, Call
from leveret.management.console.cookie import is_console, token_of
from leveret.management.elsewhere import rows
from leveret.management.entry import ASKED, Unauthenticated, admit, believe, welcome
from leveret.management.inward import Inward
from leveret.management.look import Look
from leveret.management.query import Query
from leveret.management.question import Question
from leveret.management.refusals import TRANSLATED, body, translated
from leveret.management.rendering import to_json
from leveret.management.resource import POLICYMAKER, VHOST, Needs
from leveret.management.responses import JSON, response_to
from leveret.peers import EVERYBODY
from leveret.writing import with_pen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Container

    from starlette.types import ASGIApp, Receive, Scope, Send

    from leveret.broker.users import User
    from leveret.management.answers import Answer, Handler
    from leveret.management.host import Host
    from leveret.management.resource import Resource

log = logging.getLogger("leveret.http")

REALM: Final = 'Basic realm="RabbitMQ Management"'
# Says which nodes have not answered, where others have.
ABSENT_NODES: Final = "x-leveret-absent"
# What of a request's headers concerns what is asked.
HANDED_ON: Final = ("content-type", "x-reason")


class _Segment(Convertor[str]):
    """One segment of a path: a vhost's name may hold a slash, sent as %2F. Names of dots alone,
    which browsers take for a way, have an empty parameter behind them (RFC 3986, 3.3)."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        name = value.removesuffix(";") if value in {".;", "..;"} else value
        return unquote(name, errors="surrogateescape")

    def to_string(self, value: str) -> str:
        raise NotImplementedError("no route is written backwards")


register_url_convertor("segment", _Segment())


def make_app(host: Host) -> ASGIApp:
    """The management API of a running application."""
    prefix = host.settings.http.path_prefix
    routes = [_route(prefix + API + each.path, each, host) for each in RESOURCES]
    pages = [(each, (prefix + each.path).rstrip("/") or "/") for each in PAGES]
    routes += [_route(path, each, host) for each, path in pages]
    return _RawPaths(Starlette(routes=routes, exception_handlers={404: _nothing_there}))


def _route(path: str, resource: Resource, host: Host) -> Route:
    return Route(path.replace("}", ":segment}"), _Endpoint(host, resource))


class _RawPaths:
    """Routes see paths as they were sent, so that an escaped slash is none."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raw = scope["raw_path"].decode("latin-1")
            scope = {**scope, "path": raw.rstrip("/") or "/"}
        await self._app(scope, receive, send)


async def _nothing_there(_request: Request, _error: Exception) -> Response:
    return refusal(NotThere())


class _Endpoint:
    """One resource."""

    def __init__(self, host: Host, resource: Resource) -> None:
        self._host = host
        self._resource = resource

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        except TRANSLATED as error:
            response = refusal(translated(error), is_console=is_console(request.headers))
        except Exception:
            # A bug of ours costs this request alone.
            log.exception("%s %s failed", request.method, request.url.path)
            response = refusal(HttpRefused(500, "internal_error", "see the node's log"))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        handler = self._resource.handlers.get(method)
        if handler is None:
            is_asked = request.method == "OPTIONS"
            return Response(status_code=200 if is_asked else 405, headers=self._allowed)
        call = await self._call(request, self._resource.needs_for(method))
        losses = self._host.broker.awaiting.losses
        way, act = self._resource.among.get(method), self._acting(method, handler)
        if way is None or self._host.peers is None or call.look.others is EVERYBODY:
            answer = act(call)
        else:
            answer = way(call, act)
        told: Answer = await answer if inspect.isawaitable(answer) else answer
        if method != "GET":
            await wait_settled(self._host.broker, losses)
        response = await self._response(told, call, is_head=request.method == "HEAD")
        if call.absent:
            response.headers[ABSENT_NODES] = ", ".join(sorted(call.absent))
        return response

    def _acting(self, method: str, handler: Handler) -> Handler:
        """What this node does, with the pen in hand where it has to be."""
        act = partial(self._act, handler=handler)
        if self._host.broker.storage.pen is None or method not in self._resource.commits:
            return act

        async def act_with_pen(call: Call) -> Answer:
            answer = await with_pen(self._host.broker, partial(act, call))
            return await answer if inspect.isawaitable(answer) else answer

        return act_with_pen

    def _act(self, call: Call, handler: Handler) -> Answer | Awaitable[Answer]:
        """What this node does. Whose doing it is was told to whoever listens to events."""
        events = self._host.broker.events
        events.actor = INTERNAL if call.look.user is None else call.user.name
        try:
            return handler(call)
        finally:
            events.actor = INTERNAL

    async def _response(self, told: Answer, call: Call, *, is_head: bool) -> Response:
        if isinstance(told, Listing) and call.question.wants_rows:
            return Response(await rows.told(told, call.look), media_type=JSON)
        return await response_to(told, call.look, is_head=is_head)

    @property
    def _allowed(self) -> dict[str, str]:
        return {"allow": self._resource.allowed}

    async def _call(self, request: Request, needs: Needs) -> Call:
        arrival, asked = _arrival(request), request.scope.get(ASKED)
        user = self._user(request, arrival, needs)
        self._refuse_vhost(request, user, needs)
        content = await _content(request, self._host.settings.http.body_bytes_max)
        others: Container[str] = frozenset() if asked is None else EVERYBODY
        look = Look(self._host, Query(request.url.query), time.time(), user, others)
        call = Call(look, request.path_params, request.headers, content, arrival)
        call.question = asked or self._question(request, user, content)
        call.inward = Inward(request.scope, self._host.settings.http.path_prefix + API)
        return call

    def _user(self, request: Request, arrival: Arrival, needs: Needs) -> User | None:
        """Who asks: for another node, with a session, or with a password. Raises HttpRefused."""
        broker, headers, asked = self._host.broker, request.headers, request.scope.get(ASKED)
        if asked is not None:
            return believe(broker, asked.user, needs)
        token = token_of(headers, arrival.port)
        if token is not None:
            return welcome(self._host.sessions.user(token, broker.users, time.time()), needs)
        return admit(broker, headers.get("authorization"), arrival.peer, needs)

    def _question(self, request: Request, user: User | None, content: bytes) -> Question:
        """The request, for another node."""
        prefix = len(self._host.settings.http.path_prefix + API)
        name = "" if user is None else user.name
        headers = {each: request.headers[each] for each in HANDED_ON if each in request.headers}
        path = request.scope["path"][prefix:]
        return Question(request.method, path, request.url.query, name, headers, content)

    def _refuse_vhost(self, request: Request, user: User | None, needs: Needs) -> None:
        """Raises NotThere, NotAuthorised."""
        name = request.path_params.get("vhost")
        if needs not in {VHOST, POLICYMAKER} or name is None:
            return
        assert user is not None
        broker = self._host.broker
        if name not in broker.vhosts:
            is_made = request.method in {"PUT", "POST"}
            raise NotThere("not_found", "vhost_not_found") if is_made else NotThere()
        if broker.permissions.get(user.name, name) is None and "administrator" not in user.tags:
            raise NotAuthorised(needs.refusal)


def _arrival(request: Request) -> Arrival:
    peer = request.client.host if request.client else ""
    _, port = request.scope.get("server") or ("", 0)
    path = request.scope["raw_path"].decode("latin-1")
    return Arrival(peer, port, request.scope.get("scheme") == "https", path)


async def _content(request: Request, bytes_max: int) -> bytes:
    """The body, as long as it is no longer than a body may be. Raises HttpRefused."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > bytes_max:
            reason = f"the body is larger than {bytes_max} bytes (management.max_http_body_size)"
            raise HttpRefused(413, "payload_too_large", reason)
        pieces.append(piece)
    return b"".join(pieces)


def refusal(refused: HttpRefused, *, is_console: bool = False) -> Response:
    """is_console: the console asks for a password itself, in place of the browser."""
    asks = isinstance(refused, Unauthenticated) and not is_console
    headers = {"www-authenticate": REALM} if asks else {}
    content = to_json(body(refused)) if refused.error else b""
    media_type = JSON if content else None
    return Response(content, refused.status, headers, media_type)
