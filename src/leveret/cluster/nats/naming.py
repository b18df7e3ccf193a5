"""What logs are called in NATS.

A log may have any name; a stream's has neither dots, blanks, slashes nor wildcards. Letters, digits
and a few signs stand for themselves, any other octet for its two hexadecimal digits behind a `=`.

What is said to a log goes to subjects with its birth in them: who still writes one that was deleted
and made anew under its name finds nobody there.

    lev.log.NAME.BIRTH.r    records          lev.log.NAME.BIRTH.f    a fence
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

_STREAM: Final = "LEV_"
_SUBJECT: Final = "lev.log"
# JetStream has directories of that name.
STREAM_BYTES_MAX: Final = 255

# A fence of whichever log; its name is between the dots.
ANY_FENCE: Final = f"{_SUBJECT}.*.*.f"


def _word(name: str) -> str:
    # quote lets the dot and the tilde pass, and writes a percent sign.
    quoted = quote(name, safe="").replace(".", "%2E").replace("~", "%7E")
    return quoted.replace("%", "=")


def stream_of(name: str) -> str:
    stream = _STREAM + _word(name)
    if len(stream) > STREAM_BYTES_MAX:
        raise ValueError(f"a log's name is too long: {name!r}")
    return stream


def is_log(stream: str) -> bool:
    return stream.startswith(_STREAM)


def log_of(stream: str) -> str:
    return unquote(re.sub("=", "%", stream.removeprefix(_STREAM)))


def log_of_subject(subject: str) -> str:
    return unquote(subject.split(".")[2].replace("=", "%"))


def birth_of(subject: str) -> str:
    return subject.split(".")[3]


def subjects_of(name: str, birth: str) -> str:
    return f"{_SUBJECT}.{_word(name)}.{birth}.*"


def record_subject(name: str, birth: str) -> str:
    return f"{_SUBJECT}.{_word(name)}.{birth}.r"


def fence_subject(name: str, birth: str) -> str:
    return f"{_SUBJECT}.{_word(name)}.{birth}.f"


def server_of(node: str, incarnation: int) -> str:
    """A server's name: a name that was removed from a cluster is not let in for minutes."""
    return f"{node}#{incarnation}"


def node_of(server: str) -> str:
    return server.rpartition("#")[0] or server


def tags_of(nodes: tuple[str, ...]) -> tuple[str, ...]:
    """What a server must be tagged with to be one of these; tags are lower-case.

    All tags of a placement must hold, so several nodes have one tag together.
    """
    return (f"n:{'+'.join(sorted(nodes))}".lower(),) if nodes else ()
