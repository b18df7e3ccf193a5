"""Class connection (book 1.1, class 10), with RabbitMQ's blocked, unblocked and update-secret."""

from dataclasses import dataclass, field
from typing import ClassVar

from leveret.wire.domains import Bit, FieldTable, Long, LongStr, Method, Octet, Short, ShortStr


@dataclass(frozen=True)
class ConnectionStart(Method):
    index: ClassVar[int] = 0x000A000A
    version_major: Octet = 0
    version_minor: Octet = 0
    server_properties: FieldTable = field(default_factory=dict)
    mechanisms: LongStr = b""
    locales: LongStr = b""


@dataclass(frozen=True)
class ConnectionStartOk(Method):
    index: ClassVar[int] = 0x000A000B
    client_properties: FieldTable = field(default_factory=dict)
    mechanism: ShortStr = ""
    response: LongStr = b""
    locale: ShortStr = ""


@dataclass(frozen=True)
class ConnectionSecure(Method):
    index: ClassVar[int] = 0x000A0014
    challenge: LongStr = b""


@dataclass(frozen=True)
class ConnectionSecureOk(Method):
    index: ClassVar[int] = 0x000A0015
    response: LongStr = b""


@dataclass(frozen=True)
class ConnectionTune(Method):
    index: ClassVar[int] = 0x000A001E
    channel_max: Short = 0
    frame_max: Long = 0
    heartbeat: Short = 0


@dataclass(frozen=True)
class ConnectionTuneOk(Method):
    index: ClassVar[int] = 0x000A001F
    channel_max: Short = 0
    frame_max: Long = 0
    heartbeat: Short = 0


@dataclass(frozen=True)
class ConnectionOpen(Method):
    index: ClassVar[int] = 0x000A0028
    virtual_host: ShortStr = ""
    capabilities: ShortStr = ""
    insist: Bit = False


@dataclass(frozen=True)
class ConnectionOpenOk(Method):
    index: ClassVar[int] = 0x000A0029
    known_hosts: ShortStr = ""


@dataclass(frozen=True)
class ConnectionClose(Method):
    index: ClassVar[int] = 0x000A0032
    reply_code: Short = 0
    reply_text: ShortStr = ""
    class_id: Short = 0
    method_id: Short = 0


@dataclass(frozen=True)
class ConnectionCloseOk(Method):
    index: ClassVar[int] = 0x000A0033


@dataclass(frozen=True)
class ConnectionBlocked(Method):
    index: ClassVar[int] = 0x000A003C
    reason: ShortStr = ""


@dataclass(frozen=True)
class ConnectionUnblocked(Method):
    index: ClassVar[int] = 0x000A003D


@dataclass(frozen=True)
class ConnectionUpdateSecret(Method):
    index: ClassVar[int] = 0x000A0046
    new_secret: LongStr = b""
    reason: ShortStr = ""


@dataclass(frozen=True)
class ConnectionUpdateSecretOk(Method):
    index: ClassVar[int] = 0x000A0047
