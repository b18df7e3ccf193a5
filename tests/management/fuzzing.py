"""Requests that nobody would make: every route, with names, queries and bodies good and bad.

Rule: a seed says which. What is good is taken from the description, so that a request comes past
the first check; then one thing about it is made bad, as often as not.
"""

import json
import random
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from leveret.management.openapi.bodies import BODIES, FORMS

# What there is in the broker that is asked (test_fuzz.py makes it), and what there is not.
NAMES = {
    "vhost": ["/", "den", "den", "nowhere"],
    "user": ["ann", "bob", "nobody"],
    "node": ["{node}", "nowhere@x"],
    "exchange": ["amq.topic", "logs", "nope"],
    "source": ["logs", "amq.default", "nope"],
    "destination": ["jobs", "logs", "nope"],
    "component": ["vhost-limits", "operator_policy", "frob"],
    "name": ["jobs", "logs", "amq.default", "max-queues", "max-connections", "pol", "nope"],
    "props": ["~", "a.%23", "nope"],
    "unit": ["days", "weeks", "fortnights"],
    "within": ["3", "-1", "x"],
    "port": ["1", "{port}", "99999", "x"],
}
ODD_NAMES = [
    "", "%", "%00", "%ff%fe", "..", ".", "a/b", "\u00fc\U0001f407", "x" * 300, "x" * 5000,
    "'\"<>&", "{vhost}", "\n", " ", "amq.", "-", "*", "null",
]  # fmt: skip
QUERIES = {
    "page": ["1", "2", "0", "-1", "99999999999", "x", ""],
    "page_size": ["1", "100", "500", "501", "0", "x"],
    "name": ["j", "(", "(a+)+$", "\u00fc", "*"],
    "use_regex": ["true", "false", "maybe"],
    "sort": ["name", "message_stats.publish", "nope", "", ".", "a.b.c.d"],
    "sort_reverse": ["true", "x"],
    "columns": ["name", "name,messages", "a.b.c", "", ",,,", "." * 50],
    "msg_rates_age": ["60", "0", "-1", "x", "99999999999999"],
    "msg_rates_incr": ["5", "0", "x"],
    "lengths_age": ["60"],
    "lengths_incr": ["5", "0"],
    "data_rates_age": ["x"],
    "node_stats_age": ["60"],
    "node_stats_incr": ["0"],
    "disable_stats": ["true"],
    "enable_queue_totals": ["true"],
    "if-empty": ["true"],
    "if-unused": ["true"],
    "memory": ["true"],
    "include_cluster": ["x"],
    "frob": ["\x00"],
}
ODD_BODIES = [
    b"", b"{", b"{}", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b"NaN", b"[" * 5000,
    b'{"a":' * 5000, b'{"name": "x", "name": "y"}', b"true", b'{"\\u0000": "\\ud800"}',
    b"a=b&c=d", b"{}" + b" " * 10_000,
]  # fmt: skip
ODD_VALUES = [
    None, True, 0, -1, 2**70, 1.5, 1e308, "", "x", "\u0000", "x" * 70_000, "(", [], [1], {},
    {"a": 1}, {"x-max-length": "x"}, {"x-message-ttl": -1}, {"x-queue-type": "nope"}, [[]], [None],
    "administrator", "true", "undefined",
]  # fmt: skip
METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "FROB"]


@dataclass(frozen=True)
class Shot:
    """One request. headers: besides those of the login."""

    method: str
    target: str
    content: bytes
    headers: dict[str, str]

    def __str__(self):
        return f"{self.method} {self.target[:300]} {self.content[:300]!r}"


class Gun:
    """Requests to resources, from a seed. told: what stands for {node} and {port} in NAMES."""

    def __init__(self, seed: int, told: dict[str, str]) -> None:
        self.random = random.Random(seed)
        self.told = told

    def shot(self, prefix: str, path: str, method: str) -> Shot:
        segments = [self._segment(word) for word in path.split("/")]
        query = self._query()
        content = self._content(path, method) if method in {"PUT", "POST"} else b""
        kind = "application/x-www-form-urlencoded" if path in FORMS else "application/json"
        kind = self._seldom("text/plain", kind)
        return Shot(method, prefix + "/".join(segments) + query, content, {"content-type": kind})

    def _seldom(self, odd, usual):
        return odd if self.random.random() < 0.1 else usual

    def _segment(self, word: str) -> str:
        if not word.startswith("{"):
            return word
        usual = self.random.choice(NAMES.get(word.strip("{}"), ["x"]))
        usual = usual.format(**self.told) if usual.startswith("{") else usual
        if self.random.random() >= 0.15:
            return quote(usual, safe="")
        odd = self.random.choice(ODD_NAMES)
        return odd if odd.startswith("%") else quote(odd, safe="")

    def _query(self) -> str:
        if self.random.random() < 0.5:
            return ""
        names = self.random.sample(sorted(QUERIES), self.random.randint(1, 3))
        return "?" + urlencode({name: self.random.choice(QUERIES[name]) for name in names})

    def _content(self, path: str, method: str) -> bytes:
        schema = BODIES.get(path, {}).get(method)
        if schema is None or self.random.random() < 0.2:
            return self.random.choice(ODD_BODIES)
        body = self._value(schema)
        if body and self.random.random() < 0.5:
            body[self.random.choice(sorted(body))] = self.random.choice(ODD_VALUES)
        if body and self.random.random() < 0.1:
            body.pop(self.random.choice(sorted(body)))
        return (urlencode(body) if path in FORMS else json.dumps(body)).encode()

    def _value(self, schema):
        if "anyOf" in schema:
            return self._value(self.random.choice(schema["anyOf"]))
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                return [self._value(schema["items"]) for _ in range(self.random.randint(0, 2))]
            case "integer":
                return self.random.choice([0, 1, 5, 1000])
        words = ["x", "jobs", "direct", ".*", "fanout", ""]
        return self.random.choice(schema.get("enum", words if "type" in schema else ODD_VALUES))

    def _object(self, schema):
        must = schema.get("required", [])
        return {
            name: self._value(inner)
            for name, inner in schema.get("properties", {}).items()
            if name in must or self.random.random() < 0.5
        }
