"""Messages, their copies in queues, and what a dead one says of its deaths."""

from dataclasses import dataclass, field

from leveret.wire.values import Int64, Timestamp


@dataclass(eq=False)
class Letter:
    """A message as it was published, or died; shared by the queues it went to."""

    name: str
    exchange: str
    key: str
    octets: int
    born: float
    ttl_ms: int | None = None
    priority: int = 0
    is_persistent: bool = False
    position: int = 0
    deaths: list = field(default_factory=list)
    first_death: tuple = ()
    published_at: float | None = None


@dataclass(eq=False)
class Copy:
    """A letter in one queue. count: how often it came back; None where nobody counts."""

    letter: Letter
    is_stored: bool
    count: int = 0
    is_redelivered: bool = False


def deaths_of(letter, queue, reason, now):
    """The same cause once more counts up; the newest is first, and the others turn round."""
    earlier = [
        each for each in letter.deaths if (each["queue"], each["reason"]) != (queue.name, reason)
    ]
    same = [
        each for each in letter.deaths if (each["queue"], each["reason"]) == (queue.name, reason)
    ]
    if same:
        newest = {**same[0], "count": Int64(same[0]["count"] + 1)}
    else:
        newest = {
            "count": Int64(1),
            "reason": reason,
            "queue": queue.name,
            "time": Timestamp(int(now)),
            "exchange": letter.exchange,
            "routing-keys": [letter.key],
        }
        if letter.ttl_ms is not None:
            newest["original-expiration"] = str(letter.ttl_ms)
    return [newest, *reversed(earlier)]


def is_round(letter, name):
    """It has been there, and nobody rejected it since."""
    for death in letter.deaths:
        if death["reason"] == "rejected":
            return False
        if death["queue"] == name:
            return True
    return False


def headers_of(letter, count):
    headers = {}
    if letter.deaths:
        reason, queue, exchange = letter.first_death
        headers = {
            "x-death": letter.deaths,
            "x-first-death-reason": reason,
            "x-first-death-queue": queue,
            "x-first-death-exchange": exchange,
        }
    if count is not None:
        headers["x-delivery-count"] = count
    return headers
