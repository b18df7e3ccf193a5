"""Passwords as RabbitMQ keeps them: four octets of salt, then a digest of salt and password.

The digest's algorithm stands beside the hash by RabbitMQ's name, so that an account comes and
goes between the two brokers as it is. MD5 is known for accounts of old, and for nothing new.
An empty hash stands for no password at all.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    Digest: TypeAlias = Callable[[bytes], bytes]

SALT_BYTES: Final = 4
NO_PASSWORD: Final = b""

MD5: Final = "rabbit_password_hashing_md5"
SHA256: Final = "rabbit_password_hashing_sha256"
SHA512: Final = "rabbit_password_hashing_sha512"

_DIGESTS: Final[dict[str, Digest]] = {
    MD5: lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    SHA256: lambda data: hashlib.sha256(data).digest(),
    SHA512: lambda data: hashlib.sha512(data).digest(),
}
ALGORITHMS: Final = frozenset(_DIGESTS)


def hash_password(password: str, salt: bytes, algorithm: str = SHA256) -> bytes:
    """Salt and digest. A password that came over the wire may be any octets."""
    return salt + _DIGESTS[algorithm](salt + password.encode(errors="surrogateescape"))


def is_right(password: str, password_hash: bytes, algorithm: str) -> bool:
    """Whether the hash is the password's; takes as long whatever is wrong with it."""
    found = hash_password(password, password_hash[:SALT_BYTES], algorithm)
    return hmac.compare_digest(password_hash, found)
