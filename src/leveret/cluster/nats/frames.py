"""What a NATS server sends, as octets: its client protocol, of which a log needs a dozen lines.

    INFO {json}
    MSG  subject sid [reply] length             octets
    HMSG subject sid [reply] head total         NATS/1.0 [status words] headers  octets
    PING, PONG, +OK, -ERR 'text'

Rule: pure. Octets in, frames out; what is incomplete waits for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

END: Final = b"\r\n"
# The longest line is INFO's, which names all servers of a cluster.
LINE_BYTES_MAX: Final = 64 * 1024
MESSAGE_BYTES_MAX: Final = 64 * 1024 * 1024


class MalformedFrame(Exception):
    """No server says this."""


@dataclass(frozen=True, slots=True)
class Message:
    """status: of a message without content, as 503 where nobody listens; 0 for none."""

    subject: str
    sid: int
    reply: str
    octets: bytes
    status: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """Any frame that is no message. verb: INFO, PING, PONG, +OK, -ERR."""

    verb: str
    rest: bytes


class Reader:
    """Cuts what comes from a server into frames."""

    def __init__(self) -> None:
        self._octets = bytearray()

    def receive(self, octets: bytes) -> Iterator[Message | Word]:
        """Raises MalformedFrame."""
        self._octets += octets
        at = 0
        try:
            while (found := self._frame(at)) is not None:
                frame, at = found
                yield frame
        finally:
            del self._octets[:at]

    def _frame(self, at: int) -> tuple[Message | Word, int] | None:
        """One that begins here, and where the next does; None while it is not whole."""
        end = self._octets.find(END, at, at + LINE_BYTES_MAX)
        if end < 0:
            if len(self._octets) - at >= LINE_BYTES_MAX:
                raise MalformedFrame("a line without an end")
            return None
        verb, _, rest = bytes(self._octets[at:end]).partition(b" ")
        if verb not in {b"MSG", b"HMSG"}:
            return Word(verb.decode("latin-1").upper(), rest), end + 2
        try:
            return self._message(rest.split(), verb == b"HMSG", end + 2)
        except (ValueError, IndexError):
            raise MalformedFrame(f"a message of no form: {rest!r}") from None

    def _message(self, words: list[bytes], has_head: bool, at: int) -> tuple[Message, int] | None:
        total = int(words[-1])
        head = int(words.pop(-2)) if has_head else 0
        if not 0 <= head <= total <= MESSAGE_BYTES_MAX:
            raise ValueError
        end = at + total
        if len(self._octets) < end + 2:
            return None
        status = _status(bytes(self._octets[at : at + head])) if head else 0
        reply = words[2].decode() if len(words) == 4 else ""
        octets = bytes(self._octets[at + head : end])
        return Message(words[0].decode(), int(words[1]), reply, octets, status), end + 2


def _status(head: bytes) -> int:
    """Of a head like `NATS/1.0 503`."""
    words = head.partition(END)[0].split()
    return int(words[1]) if len(words) > 1 else 0


def publication(
    subject: str, octets: bytes, reply: str = "", headers: dict[str, str] | None = None
) -> bytes:
    """A publish, as it is written."""
    to = f"{subject} {reply}" if reply else subject
    if not headers:
        return b"".join((f"PUB {to} {len(octets)}\r\n".encode(), octets, END))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"NATS/1.0\r\n{lines}\r\n".encode()
    line = f"HPUB {to} {len(head)} {len(head) + len(octets)}\r\n".encode()
    return b"".join((line, head, octets, END))
