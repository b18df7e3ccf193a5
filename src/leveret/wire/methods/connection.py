"""Class connection (book 1.1, class 10), with RabbitMQ's blocked, unblocked and update-secret."""

from typing import ClassVar

from leveret.wire.domains import (
    NO_FIELDS,
    Bit,
    FieldTable,
    Long,
    LongStr,
    Method,
    Octet,
    Short,
    ShortStr,
)


class ConnectionStart(Method):
    index: ClassVar[int] = 0x000A000A
    version_major: Octet = 0
    version_minor: Octet = 0
    server_properties: FieldTable = NO_FIELDS
    mechanisms: LongStr = b""
    locales: LongStr = b""


class ConnectionStartOk(Method):
    index: ClassVar[int] = 0x000A000B
    client_properties: FieldTable = NO_FIELDS
    mechanism: ShortStr = ""
    response: LongStr = b""
    locale: ShortStr = ""


class ConnectionSecure(Method):
    index: ClassVar[int] = 0x000A0014
    challenge: LongStr = b""


class ConnectionSecureOk(Method):
    index: ClassVar[int] = 0x000A0015
    response: LongStr = b""


class ConnectionTune(Method):
    index: ClassVar[int] = 0x000A001E
    channel_max: Short = 0
    frame_max: Long = 0
    heartbeat: Short = 0


class ConnectionTuneOk(Method):
    index: ClassVar[int] = 0x000A001F
    channel_max: Short = 0
    frame_max: Long = 0
    heartbeat: Short = 0


class ConnectionOpen(Method):
    index: ClassVar[int] = 0x000A0028
    virtual_host: ShortStr = ""
    capabilities: ShortStr = ""
    insist: Bit = False


class ConnectionOpenOk(Method):
    index: ClassVar[int] = 0x000A0029
    known_hosts: ShortStr = ""


class ConnectionClose(Method):
    index: ClassVar[int] = 0x000A0032
    reply_code: Short = 0
    reply_text: ShortStr = ""
    class_id: Short = 0
    method_id: Short = 0


class ConnectionCloseOk(Method):
    index: ClassVar[int] = 0x000A0033


class ConnectionBlocked(Method):
    index: ClassVar[int] = 0x000A003C
    reason: ShortStr = ""


class ConnectionUnblocked(Method):
    index: ClassVar[int] = 0x000A003D


class ConnectionUpdateSecret(Method):
    index: ClassVar[int] = 0x000A0046
    new_secret: LongStr = b""
    reason: ShortStr = ""


class ConnectionUpdateSecretOk(Method):
    index: ClassVar[int] = 0x000A0047
