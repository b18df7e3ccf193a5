"""Requests written as lines, and what a broker answers, ready to be compared.

Node names, salted hashes and statistics are made alike; of lists only what the test made is looked
at (names that begin with `ad-`), since other tests leave theirs on the shared brokers.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.conformance.management.conftest import Managed

MARK = "ad-"
# What is compared of an answer's head.
HEADERS = ("location", "content-disposition", "www-authenticate")
STATISTICS = ("messages", "message_stats", "recv_", "send_")


@dataclass(frozen=True, slots=True)
class Request:
    """difference: why the brokers may answer differently, by its name; status: Leveret's then."""

    method: str
    path: str
    body: str | None
    difference: str = ""
    status: int = 0

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.body or ''}".strip()


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def requests_in(script: str) -> list[Request]:
    return [request_of(line) for line in script.strip().splitlines()]


def request_of(line: str) -> Request:
    told, bar, asked = line.partition(" | ")
    difference, status = told.split(": ") if bar else ("", "0")
    method, path, *body = (asked if bar else line).split(" ", 2)
    return Request(method, path, body[0] if body else None, difference, int(status))


def ask(broker: Managed, request: Request, user: str = "guest:guest") -> Reply:
    """user: name and password."""
    node = node_of(broker)
    path = "/api" + request.path.replace("{node}", node)
    body = None if request.body is None else request.body.encode()
    kind = {"Content-Type": "application/json"}
    told = broker.ask(request.method, path, body, user=user, headers=kind)
    found = {name: told.headers[name] for name in HEADERS if name in told.headers}
    if "allow" in told.headers:
        # Leveret answers HEAD wherever it answers GET.
        found["allow"] = " ".join(sorted({*told.headers["allow"].split(", ")} - {"HEAD"}))
    return Reply(told.status, comparable(told.content.decode().replace(node, "{node}")), found)


@cache
def node_of(broker: Managed) -> str:
    """The node's name."""
    (name,) = broker.get("/api/vhosts/%2F")["cluster_state"]
    return str(name)


def comparable(content: str) -> Any:
    """An answer's body with all that may differ made alike."""
    try:
        value = json.loads(content)
    except ValueError:
        return content
    return _alike(value)


def _alike(value: Any) -> Any:
    if isinstance(value, list):
        return [_alike(each) for each in value if _is_ours(each)]
    if not isinstance(value, dict):
        return value
    alike = {key: _alike(each) for key, each in value.items() if not key.startswith(STATISTICS)}
    if isinstance(alike.get("tags"), list):
        alike["tags"] = sorted(value["tags"])
    for key in ("password_hash", "ok"):
        if key in value:
            alike[key] = len(value[key])
    return alike


def _is_ours(entry: Any) -> bool:
    is_named = isinstance(entry, dict) and not {"name", "user", "vhost"}.isdisjoint(entry)
    return not is_named or MARK in json.dumps(entry)


def in_any_order(reply: Reply) -> Reply:
    """As reply, where RabbitMQ lists things as they come: definitions by section."""
    body = reply.body
    if isinstance(body, dict):
        body = {
            key: _sorted(each) if isinstance(each, list) else each for key, each in body.items()
        }
    elif isinstance(body, list):
        body = _sorted(body)
    return Reply(reply.status, body, reply.headers)


def _sorted(entries: list[Any]) -> list[Any]:
    return sorted(entries, key=lambda entry: json.dumps(entry, sort_keys=True))
