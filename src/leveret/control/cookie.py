"""The cookie: the secret that nodes and tools share, one line in a file that only its owner reads.

It is made at the first start of a node. Rule: a file that others may read is no secret, and is
refused, as Erlang refuses it.
"""

import contextlib
import os
import stat
from collections.abc import Mapping

COOKIE_FILE = "~/.leveret.cookie"
VARIABLE = "LEVERET_COOKIE"
FILE_VARIABLE = "LEVERET_COOKIE_FILE"
COOKIE_OCTETS = 32


class CookieRefused(Exception):
    """There is no cookie that may be used; the message says why and what to do."""


def find_cookie(environ: Mapping[str, str], file: str | None = None) -> bytes:
    """The cookie as a tool has it: a named file, else the environment's, else the usual file."""
    if file is None and environ.get(VARIABLE):
        return environ[VARIABLE].encode(errors="surrogateescape")
    return read_cookie(
        os.path.expanduser(file or environ.get(FILE_VARIABLE) or COOKIE_FILE)
    )  # see the import


def make_or_find_cookie(environ: Mapping[str, str], file: str | None = None) -> bytes:
    """The same for a node, which makes the file where there is none."""
    if file is None and environ.get(VARIABLE):
        return find_cookie(environ)
    path = os.path.expanduser(file or COOKIE_FILE)
    if not os.path.exists(path):
        make_cookie(path)
    return read_cookie(path)


def hash_of(cookie: bytes) -> str:
    """So that two of them can be compared without being shown."""
    import base64  # noqa: PLC0415  # seldom asked
    import hashlib  # noqa: PLC0415

    return base64.b64encode(hashlib.sha256(cookie).digest()[:16]).decode()


def read_cookie(path: str) -> bytes:
    """The cookie in a file. Raises CookieRefused."""
    try:
        mode = os.stat(path).st_mode
        with open(path, "rb") as file:
            cookie = file.read().strip()
    except OSError as error:
        raise CookieRefused(f"cannot read the cookie {path}: {error.strerror}") from error
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise CookieRefused(f"the cookie {path} can be read by others: chmod 400 {path}")
    if not cookie:
        raise CookieRefused(f"the cookie {path} is empty: write a secret into it, or delete it")
    return cookie


def make_cookie(path: str) -> None:
    """Write a new one, whole or not at all; one that another node made meanwhile stays."""
    draft = f"{path}.{os.getpid()}"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        try:
            os.write(descriptor, os.urandom(COOKIE_OCTETS).hex().encode())
        finally:
            os.close(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # Unlike a rename it replaces nothing.
        os.unlink(draft)
    except OSError as error:
        raise CookieRefused(f"cannot write the cookie {path}: {error.strerror}") from error
