"""What a message's properties ask of the broker, and which of it is refused.

Read once when a message is published and its flags are not empty; messages with the same octets
of properties are read once for all (session/channel.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.argument_values import TIME_MS_MAX, type_name
from leveret.broker.errors import PreconditionFailed
from leveret.broker.reply_to import PSEUDO_QUEUE
from leveret.broker.sending import PERSISTENT, traits_of

if TYPE_CHECKING:
    from leveret.broker.message import Traits
    from leveret.broker.users import User
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table

_BLIND: Final = "BCC"
_COPIES: Final = ("CC", _BLIND)

# A value of the delivery-mode property; without it a message is transient.
TRANSIENT: Final = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """The properties that matter.

    traits: what a queue has to know; None when that is nothing.
    copy_keys: further routing keys, from the CC and BCC headers.
    wants_direct_reply: reply_to is the pseudo-queue and has to be replaced.
    has_blind_copies: the BCC header has to be taken out.
    """

    properties: Properties
    traits: Traits | None
    copy_keys: tuple[str, ...]
    wants_direct_reply: bool
    has_blind_copies: bool

    @property
    def headers(self) -> Table:
        return self.properties.headers or {}

    @property
    def is_plain(self) -> bool:
        """Routed by its routing key, sent on as it came."""
        return not (self.copy_keys or self.wants_direct_reply or self.has_blind_copies)


def read(properties: Properties, user: User) -> Reading:
    """Raises PreconditionFailed, in RabbitMQ's order."""
    _check_user(properties.user_id, user)
    ttl_ms = _read_expiration(properties.expiration)
    if properties.delivery_mode not in (None, TRANSIENT, PERSISTENT):
        raise PreconditionFailed(
            f"invalid message: {{delivery_mode_unknown,{properties.delivery_mode}}}"
        )
    headers = properties.headers or {}
    return Reading(
        properties=properties,
        traits=traits_of(properties, ttl_ms, tuple(_read_copies(headers, _BLIND))),
        copy_keys=copies_of(headers),
        wants_direct_reply=properties.reply_to == PSEUDO_QUEUE,
        has_blind_copies=_BLIND in headers,
    )


def _check_user(user_id: str | None, user: User) -> None:
    if user_id is not None and user_id != user.name and "impersonator" not in user.tags:
        raise PreconditionFailed(
            f"user_id property set to '{user_id}' but authenticated user was '{user.name}'"
        )


def _read_expiration(expiration: str | None) -> int | None:
    """Milliseconds, or None for ever."""
    if expiration is None:
        return None
    digits = expiration.removeprefix("+").removeprefix("-")
    count = next((n for n, sign in enumerate(digits) if sign not in "0123456789"), len(digits))
    if not count or len(expiration) - len(digits) > 1:
        raise _invalid_expiration(expiration, "no_integer")
    if count < len(digits):
        raise _invalid_expiration(expiration, f'{{leftover_string,"{digits[count:]}"}}')
    ttl_ms = int(expiration)
    if ttl_ms < 0:
        raise _invalid_expiration(expiration, f"{{value_negative,{ttl_ms}}}")
    if ttl_ms > TIME_MS_MAX:
        raise _invalid_expiration(expiration, f"{{value_too_large,{ttl_ms}}}")
    return ttl_ms


def _invalid_expiration(expiration: str, problem: str) -> PreconditionFailed:
    return PreconditionFailed(f"invalid expiration '{expiration}': {problem}")


def copies_of(headers: Table) -> tuple[str, ...]:
    """The further routing keys. Raises PreconditionFailed."""
    return tuple(key for name in _COPIES for key in _read_copies(headers, name))


def _read_copies(headers: Table, name: str) -> list[str]:
    """The routing keys in a CC or BCC header; what is no string in it is passed over."""
    if name not in headers:
        return []
    copies = headers[name]
    if not isinstance(copies, list):
        raise PreconditionFailed(
            f'invalid message: {{unacceptable_type_in_header,"{name}",{type_name(copies)}}}'
        )
    return [key for key in copies if isinstance(key, str)]
