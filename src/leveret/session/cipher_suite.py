"""The parts of a cipher suite, as RabbitMQ names them, from the name that OpenSSL has for it.

TLS_AES_256_GCM_SHA384         any          aes_256_gcm   aead
ECDHE-RSA-AES128-GCM-SHA256    ecdhe_rsa    aes_128_gcm   aead
AES256-SHA                     rsa          aes_256_cbc   sha
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# TLS 1.3 settles the keys apart from the suite.
_APART: Final = "TLS_"
_EXCHANGES: Final = frozenset({"ECDHE", "ECDH", "DHE", "ADH", "AECDH", "PSK", "SRP"})
_PROOFS: Final = frozenset({"RSA", "ECDSA", "DSS", "PSK"})
_AUTHENTICATING: Final = frozenset({"gcm", "ccm", "ccm_8", "poly1305"})


class CipherSuite(NamedTuple):
    """A suite; its parts are empty where there is none."""

    key_exchange: str = ""
    cipher: str = ""
    hash: str = ""


def parts(name: str) -> CipherSuite:
    """The parts of the suite that OpenSSL calls so."""
    if not name:
        return CipherSuite()
    if name.startswith(_APART):
        cipher, _, _hash = name.removeprefix(_APART).rpartition("_")
        return CipherSuite("any", cipher.lower(), "aead")
    words = name.split("-")
    keys = _taken(words, _EXCHANGES) + _taken(words, _PROOFS)
    *cipher_words, last = words
    cipher, is_authenticating = _cipher([*cipher_words, *_mode_of(last)])
    hash_name = "aead" if is_authenticating else last.lower()
    return CipherSuite("_".join(keys).lower() or "rsa", cipher, hash_name)


def _taken(words: list[str], known: frozenset[str]) -> list[str]:
    """The words at the front that are known, taken off."""
    taken = []
    while words and words[0] in known:
        taken.append(words.pop(0))
    return taken


def _mode_of(last: str) -> list[str]:
    """The last word is a hash, but of suites that end with the cipher's mode."""
    return [] if last.startswith("SHA") or last == "MD5" else [last]


def _cipher(words: list[str]) -> tuple[str, bool]:
    name, *mode_words = [_spelt(word) for word in words]
    mode = "_".join(mode_words)
    if mode in _AUTHENTICATING:
        return f"{name}_{mode}", True
    return f"{name}_{mode or 'cbc'}", False


def _spelt(word: str) -> str:
    """AES256 is aes_256, CCM8 is ccm_8; CHACHA20 and POLY1305 are words of their own."""
    lowered = word.lower()
    return re.sub(r"^(aes|camellia|aria|ccm)(\d+)$", r"\1_\2", lowered)
