"""Bodies of HTML forms with files: multipart/form-data, which is a mail with many parts."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import HTTP
from typing import Final

from leveret.management.answers import HttpRefused

KIND: Final = "multipart/form-data"


def fields_of(content_type: str, content: bytes) -> dict[str, bytes]:
    """By name; of several with one name the last counts. Raises HttpRefused."""
    head = b"content-type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    form = message_from_bytes(head + content, _class=EmailMessage, policy=HTTP)
    if not form.is_multipart() or form.defects:
        # As RabbitMQ's server, no body says so.
        raise HttpRefused(400, "", "")
    return {
        str(part.get_param("name", header="content-disposition")): _octets(part)
        for part in form.iter_parts()
    }


def _octets(part: MIMEPart) -> bytes:
    told = part.get_payload(decode=True)
    return told if isinstance(told, bytes) else b""
