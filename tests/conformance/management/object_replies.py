"""Requests about objects as lines, and what a broker replies, made ready to be compared.

What RabbitMQ alone has is left out (LEFT_OUT, with reasons), what is measured is only looked at for
its type (MEASURED), and nodes and connections have the same names on both.
"""

import base64
import http.client
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.conformance.management.differences import LEFT_OUT
from tests.conformance.management.object_requests import LONG

# What is compared of an answer's head.
HEADERS = ("location", "allow")
# Times, rates, sizes in memory, and where messages lie.
MEASURED = re.compile(
    r"(memory|consumer_capacity|consumer_utilisation|peer_port|rate|avg|avg_rate|samples"
    r"|messages?_(.*_)?(ram|paged_out))"
)
# RabbitMQ shows them from time to time.
COMES_AND_GOES = frozenset({"idle_since"})
_CONNECTION = re.compile(r"127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+")
_LINE = re.compile(r"(?:([\w-]+): (\d+) \| )?(?:(\w+)@ )?([A-Z]+) (\S+)(?: (.*))?")
# RabbitMQ says a lone octet as it is, which is no text.
_DECODING = "replace"


@dataclass(frozen=True, slots=True)
class Line:
    """difference: why the brokers may reply differently, by its name; status: Leveret's then."""

    method: str
    path: str
    body: str | None
    user: str
    difference: str
    status: int

    def __str__(self) -> str:
        return f"{self.user}@ {self.method} {self.path} {self.body or ''}".strip()


def lines_of(topic: str) -> list[Line]:
    return [line_of(written) for written in topic.strip().splitlines()]


def line_of(written: str) -> Line:
    found = _LINE.fullmatch(written)
    assert found is not None, written
    difference, status, user, method, path, body = found.groups()
    return Line(method, path, body, user or "guest", difference or "", int(status or 0))


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str]


class Asker:
    """Asks one broker. url: http://host:port of its management API; node: the node's name."""

    def __init__(self, url: str, node: str) -> None:
        self._place = urlsplit(url)
        self._node = node

    def reply_to(self, line: Line) -> Reply:
        password = "guest" if line.user == "guest" else "p"
        response, content = self._send(line, f"{line.user}:{password}")
        headers = {name: value for name in HEADERS if (value := response.headers.get(name))}
        return Reply(response.status, self._comparable(content), headers)

    def do(self, written: str) -> Reply:
        """Something that has to succeed."""
        reply = self.reply_to(line_of(written))
        assert reply.status < 300, (written, reply)
        return reply

    def _send(self, line: Line, credentials: str) -> tuple[http.client.HTTPResponse, str]:
        assert self._place.hostname is not None
        connection = http.client.HTTPConnection(self._place.hostname, self._place.port, timeout=30)
        path = "/api" + self._filled(line.path)
        body = None if line.body is None else self._filled(line.body).encode()
        headers = {
            "authorization": "Basic " + base64.b64encode(credentials.encode()).decode(),
            "content-type": "application/json",
        }
        try:
            connection.request(line.method, path, body, headers)
            response = connection.getresponse()
            return response, response.read().decode(errors=_DECODING)
        finally:
            connection.close()

    def _filled(self, written: str) -> str:
        return written.replace("LONG", LONG).replace("{node}", self._node)

    def _comparable(self, content: str) -> Any:
        content = _CONNECTION.sub("{connection}", content.replace(self._node, "{node}"))
        host = self._node.partition("@")[2]
        try:
            return alike(json.loads(content.replace(f"@{host}", "@{host}")))
        except ValueError:
            return content


def alike(value: Any) -> Any:
    """With all that may differ left out or made the same."""
    if isinstance(value, list):
        return _in_order([alike(each) for each in value])
    if not isinstance(value, dict):
        return value
    return {
        key: _kind(each) if MEASURED.fullmatch(key) else alike(each)
        for key, each in value.items()
        if key not in LEFT_OUT.keys() | COMES_AND_GOES
    }


def _in_order(values: list[Any]) -> list[Any]:
    """A queue's consumers come in any order."""
    are_consumers = values and isinstance(values[0], dict) and "consumer_tag" in values[0]
    return sorted(values, key=lambda each: each["consumer_tag"]) if are_consumers else values


def _kind(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if is_number else type(value).__name__


def differing(theirs: Any, ours: Any, where: str = "") -> list[str]:
    """Where two replies are not the same, a line for each place."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        keys = sorted(theirs.keys() | ours.keys())
        nothing = "(nothing)"
        return [
            line
            for key in keys
            for line in differing(
                theirs.get(key, nothing), ours.get(key, nothing), f"{where}.{key}"
            )
        ]
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [
            line
            for place, pair in enumerate(zip(theirs, ours, strict=True))
            for line in differing(*pair, f"{where}[{place}]")
        ]
    return [] if theirs == ours else [f"{where}: RabbitMQ {theirs!r}, Leveret {ours!r}"]
