"""What a session writes, as events in the one order in which the broker did it all.

A session's output is a list of octet strings. Here it is a list that also keeps a log which all
sessions of a world share: so the order of deliveries to different connections can be seen.
"""

import re
from dataclasses import dataclass, fields

from leveret.wire import codec, frames
from leveret.wire.properties import Properties, decode_header

BODY_SHOWN_OCTETS = 8
CONTENT_METHODS = ("BasicDeliver", "BasicGetOk", "BasicReturn")


@dataclass(frozen=True)
class Event:
    """One method to one client, with its content if it has one.

    content_octets: header and body frames, heads and ends included.
    """

    client: int
    number: int
    method: object
    properties: Properties | None = None
    body: bytes | None = None
    content_octets: int = 0

    @property
    def kind(self):
        return type(self.method).__name__

    def __str__(self):
        body = spell_body(self.properties, self.body)
        return f"to {self.client}/{self.number}: {spell(self.method)}{body}"


class LoggedOutput(list):
    """A session's output; each write is whole frames."""

    def __init__(self, client, log):
        super().__init__()
        self._client = client
        self._log = log

    def append(self, octets):
        self._log.append((self._client, octets))
        super().append(octets)

    def __iadd__(self, pieces):
        self._log.append((self._client, b"".join(pieces)))
        return super().__iadd__(pieces)


def read_events(log, frame_max):
    """The events in a log; `frame_max` has the agreement of each client."""
    for client, octets in log:
        yield from _events_in(client, octets, frame_max[client])


def _events_in(client, octets, frame_max):
    cut = list(_cut(octets))
    while cut:
        kind, number, payload = cut.pop(0)
        assert kind == frames.METHOD, f"a {kind} frame where a method belongs"
        method = codec.decode(payload)
        if type(method).__name__ not in CONTENT_METHODS:
            yield Event(client, number, method)
            continue
        header_kind, header_number, header = cut.pop(0)
        assert (header_kind, header_number) == (frames.HEADER, number)
        properties, size = decode_header(header)
        octet_count = len(header) + frames.FRAME_OVERHEAD
        body = b""
        while len(body) < size:
            body_kind, body_number, piece = cut.pop(0)
            assert (body_kind, body_number) == (frames.BODY, number)
            assert piece, "an empty body frame"
            assert len(piece) + frames.FRAME_OVERHEAD <= frame_max, "a frame over frame_max"
            octet_count += len(piece) + frames.FRAME_OVERHEAD
            body += piece
        assert len(body) == size
        yield Event(client, number, method, properties, body, octet_count)


def _cut(octets):
    position = 0
    while position < len(octets):
        kind, number, size = frames.FRAME_HEAD.unpack_from(octets, position)
        end = position + size + frames.FRAME_OVERHEAD
        assert octets[end - 1] == frames.FRAME_END
        yield kind, number, octets[position + 7 : end - 1]
        position = end


# In words ------------------------------------------------------------------------------------


def handler_name(method):
    """Of the one who deals with it: _basic_ack for a BasicAck."""
    return "_" + re.sub("(?<=[a-z])([A-Z])", r"_\1", type(method).__name__).lower()


def spell(method):
    """A method without what is as always."""
    default = type(method)()
    told = [
        f"{name}={getattr(method, name)!r}"
        for name in method.names
        if getattr(method, name) != getattr(default, name)
    ]
    return f"{type(method).__name__}({', '.join(told)})"


def spell_body(properties, body):
    if body is None:
        return ""
    told = {f.name: getattr(properties, f.name) for f in fields(properties)}
    told = {name: value for name, value in told.items() if value is not None}
    return f" {body[:BODY_SHOWN_OCTETS]!r} {len(body)} octets {told or ''}"
