"""What an X.509 certificate says: whose it is, who vouches for it, until when (RFC 5280).

Python's ssl tells this of a peer only in parts and of the node's own certificate not at all, so
the few fields are read from the DER octets (X.690) here: tag, length, content, nested. Whether a
certificate is to be believed is OpenSSL's business.

Rule: names are spelled as RabbitMQ spells them (rabbit_cert_info), since user names are made of
them: RFC 4514, the last component first, every octet outside plain ASCII as \\HH.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

SHORT_NAMES: Final = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "TITLE",
    "2.5.4.42": "GIVENNAME",
    "2.5.4.43": "INITIALS",
    "2.5.4.44": "GENERATIONQUALIFIER",
    "2.5.4.65": "PSEUDONYM",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "EMAILADDRESS",
}
COMMON_NAME: Final = "2.5.4.3"
ALTERNATIVE_NAMES: Final = "2.5.29.17"

# X.690 8: universal tags that occur here, and what text each holds.
_BOOLEAN: Final = 0x01
_UTC_TIME: Final = 0x17
_ENCODINGS: Final = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
# RFC 5280 4.2.1.6: context tags of GeneralName.
_NAME_KINDS: Final = {0xA0: "other_name", 0x81: "email", 0x82: "dns", 0x86: "uri", 0x87: "ip"}
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_PEM: Final = re.compile(f"{ssl.PEM_HEADER}.*?{ssl.PEM_FOOTER}", re.DOTALL)


class MalformedCertificate(ValueError):
    """Octets that are no certificate."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """alternative_names: pairs of kind (dns, ip, email, uri, other_name) and name."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    common_names: tuple[str, ...]
    alternative_names: tuple[tuple[str, str], ...]

    @property
    def validity(self) -> str:
        """As RabbitMQ shows it: 2026-11-22T00:00:00Z - 2027-11-22T00:00:00Z"""
        return f"{self.not_before:%Y-%m-%dT%H:%M:%SZ} - {self.not_after:%Y-%m-%dT%H:%M:%SZ}"


class Element(NamedTuple):
    tag: int
    content: bytes


# Subject or issuer: for each component its (object identifier, value) pairs, mostly one.
Name = list[list[tuple[str, Element]]]


def read_certificate(der: bytes) -> Certificate:
    """Raises MalformedCertificate."""
    try:
        return _read(der)
    except (IndexError, UnicodeDecodeError, OSError, ValueError) as error:
        raise MalformedCertificate(f"not an X.509 certificate: {error}") from error


def read_certificates(pem: str) -> list[Certificate]:
    """All certificates of a file, in their order. Raises MalformedCertificate."""
    return [read_certificate(ssl.PEM_cert_to_DER_cert(each)) for each in _PEM.findall(pem)]


def _read(der: bytes) -> Certificate:
    fields = elements(elements(elements(der)[0].content)[0].content)
    if fields[0].tag == _VERSION:
        del fields[0]
    _serial, _algorithm, issuer, validity, subject = fields[:5]
    not_before, not_after = map(_time, elements(validity.content))
    whose = _name(subject)
    return Certificate(
        _spell_name(whose),
        _spell_name(_name(issuer)),
        not_before,
        not_after,
        tuple(_text(value) for part in whose for kind, value in part if kind == COMMON_NAME),
        tuple(_alternative_names(fields[5:])),
    )


def elements(octets: bytes) -> list[Element]:
    """What is in a constructed element (X.690 8.1), one after the other."""
    found, at = [], 0
    while at < len(octets):
        tag, length, start = octets[at], octets[at + 1], at + 2
        if tag & 0x1F == 0x1F:
            raise MalformedCertificate("a tag of several octets")
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(octets[at + 2 : start], "big")
        at = start + length
        if at > len(octets):
            raise MalformedCertificate("it ends too early")
        found.append(Element(tag, octets[start:at]))
    return found


def _object_identifier(content: bytes) -> str:
    """X.690 8.19: base 128, and the first two numbers in one."""
    numbers, number = [], 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _time(element: Element) -> datetime:
    text = element.content.decode("ascii")
    form = "%y%m%d%H%M%SZ" if element.tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def _name(element: Element) -> Name:
    name: Name = []
    for part in elements(element.content):
        pairs = [elements(pair.content) for pair in elements(part.content)]
        name.append([(_object_identifier(kind.content), value) for kind, value in pairs])
    return name


def _text(value: Element) -> str:
    encoding = _ENCODINGS.get(value.tag)
    # RFC 4514 2.4: what is no text is shown as octets.
    return value.content.decode(encoding) if encoding else f"#{value.content.hex()}"


def _spell_name(name: Name) -> str:
    return ",".join(
        "+".join(f"{SHORT_NAMES.get(kind, kind)}={_escape(_text(value))}" for kind, value in part)
        for part in reversed(name)
    )


def _escape(value: str) -> str:
    octets = value.encode()
    last = len(octets) - 1
    return "".join(
        _escape_octet(octet, is_first=at == 0, is_last=at == last)
        for at, octet in enumerate(octets)
    )


def _escape_octet(octet: int, *, is_first: bool, is_last: bool) -> str:
    character = chr(octet)
    if octet < 0x20 or octet >= 0x7E:
        return f"\\{octet:02X}"
    is_at_edge = (is_first and character in " #") or (is_last and character == " ")
    return f"\\{character}" if is_at_edge or character in '"+,;<>\\' else character


def _alternative_names(fields: list[Element]) -> list[tuple[str, str]]:
    for field in fields:
        if field.tag != _EXTENSIONS:
            continue
        for extension in elements(elements(field.content)[0].content):
            kind, *told = elements(extension.content)
            if _object_identifier(kind.content) == ALTERNATIVE_NAMES:
                inner = told[1] if told[0].tag == _BOOLEAN else told[0]
                return _general_names(elements(inner.content)[0])
    return []


def _general_names(sequence: Element) -> list[tuple[str, str]]:
    return [
        (_NAME_KINDS[element.tag], _general_name(element))
        for element in elements(sequence.content)
        if element.tag in _NAME_KINDS
    ]


def _general_name(element: Element) -> str:
    match _NAME_KINDS[element.tag]:
        case "ip":
            octets = element.content
            family = socket.AF_INET if len(octets) == 4 else socket.AF_INET6
            return socket.inet_ntop(family, octets)
        case "other_name":
            # An object identifier, and the value in a wrapping of its own.
            wrapped = elements(element.content)[1]
            return _text(elements(wrapped.content)[0])
        case _:
            return element.content.decode("ascii")
