"""Text to values: one small function per kind of setting.

Rule: each takes what a person wrote and returns the value, or raises ValueError whose text
completes the sentence "bad value '...': ". Where it was written is load.py's business.
"""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NODE_NAME = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+")
# Of frames and messages; as RabbitMQ counts, k, kB and KiB all mean 1024 bytes.
SIZE = re.compile(r"([0-9]+)\s*(?:([kmg])i?)?b?", re.IGNORECASE)
SIZE_UNITS = {None: 1, "k": 1024, "m": 1024**2, "g": 1024**3}
# Of memory and disk: k and KiB mean 1024, kB means 1000, again as RabbitMQ counts.
AMOUNT = re.compile(r"([0-9]+)([A-Za-z]*)", re.ASCII)
AMOUNT_UNITS = {
    "": 1,
    "k": 1024, "kib": 1024, "kb": 1000,
    "m": 1024**2, "mib": 1024**2, "mb": 1000**2,
    "g": 1024**3, "gib": 1024**3, "gb": 1000**3,
    "t": 1024**4, "tib": 1024**4, "tb": 1000**4,
}  # fmt: skip
AMOUNT_MAX = 2**63 - 1
# No exponents, no infinity: nothing that a person would not write into a file.
DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
PORT_MAX = 65535
SHA256, SHA512 = "rabbit_password_hashing_sha256", "rabbit_password_hashing_sha512"
ABOUT_FAILURES = (
    "failed logins of a name from one address, and ten times as many of any names, after which "
    "more are refused unseen; 0 for no limit"
)
# How a client may say who it is; docs/tls.md has EXTERNAL.
MECHANISMS = ("PLAIN", "AMQPLAIN", "EXTERNAL")
LOG_LEVELS = (
    "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency", "none",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listener:
    """An address to listen on; an empty host means every interface, port 0 a free port."""

    host: str = ""
    port: int = 5672
    is_tls: bool = False

    def __str__(self) -> str:
        host = self.host or "*"
        where = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        return f"{where} (TLS)" if self.is_tls else where


@dataclass(frozen=True, slots=True)
class Listening:
    """An address that is listened on, and what is spoken there, in RabbitMQ's words: amqp,
    amqp/ssl, http, https, http/prometheus, clustering."""

    protocol: str
    host: str
    port: int

    def __str__(self) -> str:
        where = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        return f"{where} ({self.protocol})"


def text(written: str) -> str:
    if not written:
        raise ValueError("it must not be empty")
    return written


def pattern(written: str) -> str:
    """A regular expression; an empty one allows nothing but the empty name."""
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from None
    return written


def path_prefix(written: str) -> str:
    """What paths begin with: it begins with a slash and ends with none."""
    trimmed = text(written).rstrip("/")
    if trimmed and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", trimmed):
        raise ValueError("expected a path such as /rabbit")
    return trimmed


def path(written: str) -> Path:
    try:
        return Path(text(written)).expanduser()
    except RuntimeError:
        raise ValueError("there is no such home directory") from None


def boolean(written: str) -> bool:
    match written.lower():
        case "true" | "on" | "yes" | "1":
            return True
        case "false" | "off" | "no" | "0":
            return False
        case _:
            raise ValueError("expected true or false")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(written: str) -> int:
        if not written.isascii() or not written.isdigit():
            raise ValueError(f"expected a whole number from {least} to {most}")
        number = int(written)
        if not least <= number <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return number

    return parse


def number_or_infinity(most: int) -> Callable[[str], int]:
    """A limit; 0 is none, written `infinity`."""

    def parse(written: str) -> int:
        return 0 if written.lower() == "infinity" else whole_number(1, most)(written)

    return parse


port = whole_number(0, PORT_MAX)


def size(least: int, most: int) -> Callable[[str], int]:
    """Bytes, as a number or with RabbitMQ's units: `4096`, `128KiB`, `16MB`, `1G`."""

    def parse(written: str) -> int:
        match = SIZE.fullmatch(written)
        if match is None:
            raise ValueError("expected a number of bytes such as 131072, 128KiB or 16MiB")
        number = int(match[1]) * SIZE_UNITS[match[2] and match[2].lower()]
        if not least <= number <= most:
            raise ValueError(f"expected from {least} to {most} bytes")
        return number

    return parse


def amount(written: str) -> int:
    """Bytes of memory or disk: `1073741824`, `1G`, `1GiB`, or a round `1GB`."""
    match = AMOUNT.fullmatch(written)
    unit = AMOUNT_UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise ValueError("expected a number of bytes such as 1073741824, 1GiB or 1GB")
    number = int(match[1]) * unit
    if number > AMOUNT_MAX:
        raise ValueError(f"expected at most {AMOUNT_MAX} bytes")
    return number


def share(most: int) -> Callable[[str], float]:
    def parse(written: str) -> float:
        if DECIMAL.fullmatch(written) is None or float(written) > most:
            raise ValueError(f"expected a number from 0 to {most}, such as 0.4")
        return float(written)

    return parse


def fraction(written: str) -> float:
    """More than nothing and less than all, as `0.5`."""
    if DECIMAL.fullmatch(written) is None or not 0 < float(written) < 1:
        raise ValueError("expected a number between 0 and 1, such as 0.5")
    return float(written)


def one_of(*words: str) -> Callable[[str], str]:
    def parse(written: str) -> str:
        if written.lower() not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return written.lower()

    return parse


def import_backend(written: str) -> str:
    """RabbitMQ's aliases for one and the same; it fetches definitions by HTTPS too."""
    known = ("local_filesystem", "local", "rabbit_definitions_import_local_filesystem")
    if written.lower() in ("http", "https"):
        raise ValueError("definitions are loaded from files only; fetch it before the start")
    one_of(*known)(written)
    return known[0]


hashing = one_of(SHA256, SHA512)


def log_format(written: str) -> str:
    """RabbitMQ's file says plaintext where our flag says text."""
    return one_of("text", "json")("text" if written.lower() == "plaintext" else written)


def milliseconds(written: str) -> float:
    """Milliseconds in RabbitMQ's files, seconds in here."""
    return whole_number(1, 3_600_000)(written) / 1000


def node_name(default_host: str) -> Callable[[str], str]:
    def parse(written: str) -> str:
        name = written if "@" in written else f"{written}@{default_host}"
        if not NODE_NAME.fullmatch(name):
            raise ValueError("expected NAME or NAME@HOST of letters, digits, '_', '.' and '-'")
        return name

    return parse


def listener(written: str) -> Listener:
    """`5672`, `127.0.0.1:5672`, `::1:5672` or `[::1]:5672`."""
    host, colon, digits = written.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if colon and not host:
        raise ValueError("expected PORT or HOST:PORT")
    try:
        return Listener(host, port(digits))
    except ValueError:
        raise ValueError("expected PORT or HOST:PORT") from None


def no_listeners(written: str) -> tuple[Listener, ...]:
    if written.lower() != "none":
        raise ValueError("expected none, or the key with a name: .default = PORT, .1 = HOST:PORT")
    return ()


def add_listener(so_far: tuple[Listener, ...], _name: str, written: str) -> tuple[Listener, ...]:
    return (*so_far, listener(written))


def add_tls_listener(
    so_far: tuple[Listener, ...], _name: str, written: str
) -> tuple[Listener, ...]:
    return (*so_far, dataclasses.replace(listener(written), is_tls=True))


def no_nodes(written: str) -> tuple[str, ...]:
    if written.lower() != "none":
        raise ValueError("expected none, or the key with a number: .1 = leveret@hare")
    return ()


def add_node(so_far: tuple[str, ...], number: str, written: str) -> tuple[str, ...]:
    if not number.isdecimal():
        raise ValueError("expected a number behind the key: .1 = leveret@hare")
    name, _, host = written.partition("@")
    if not name or not host:
        raise ValueError("expected a node's name, as leveret@hare")
    return (*so_far, written)


def peer_discovery(written: str) -> str:
    """RabbitMQ's aliases of its one way that needs no plugin."""
    if written.lower() not in ("classic_config", "rabbit_peer_discovery_classic_config"):
        raise ValueError("only classic_config finds peers here")
    return "classic_config"


def names(written: str) -> frozenset[str]:
    """`none`, or names with commas between them."""
    if written.lower() == "none":
        return frozenset()
    return frozenset(text(name.strip()) for name in written.split(","))


def add_value(so_far: frozenset[str], _name: str, written: str) -> frozenset[str]:
    return so_far | {text(written)}


def add_name(so_far: frozenset[str], name: str, written: str) -> frozenset[str]:
    return so_far | {name} if boolean(written) else so_far - {name}


def mechanism(written: str) -> str:
    if written not in MECHANISMS:
        raise ValueError(f"expected one of {', '.join(MECHANISMS)}")
    return written


def mechanisms(written: str) -> frozenset[str]:
    return frozenset(mechanism(each.strip()) for each in written.split(","))


def add_mechanism(so_far: frozenset[str], _number: str, written: str) -> frozenset[str]:
    return so_far | {mechanism(written)}
