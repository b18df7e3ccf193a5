"""rabbitmq.conf's form: `key = value`, one a line; `#` starts a comment; blank lines are free.

As in RabbitMQ a `#` ends the value wherever it stands, and single quotes around a value keep
what is between them (`default_pass = 'a#b'`). Only the form is read here; what the keys mean
is load.py's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from leveret.config.errors import SettingRefused


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that sets something."""

    key: str
    written: str
    place: str  # "leveret.conf:3", for messages


def read_entries(content: str, file_name: str) -> Iterator[Entry]:
    for number, raw in enumerate(content.splitlines(), start=1):
        place = f"{file_name}:{number}"
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, equals, rest = line.partition("=")
        if not equals:
            raise SettingRefused(f"{place}: expected 'key = value', found {line.split()[0]!r}")
        yield Entry(key.strip(), _value(rest.strip(), place), place)


def _value(rest: str, place: str) -> str:
    if not rest.startswith("'"):
        return rest.partition("#")[0].strip()
    value, quote, after = rest[1:].partition("'")
    if not quote or after.strip().partition("#")[0]:
        raise SettingRefused(f"{place}: a value in single quotes must end with one")
    return value
