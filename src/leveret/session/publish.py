"""Publishing what is not plain: the first message to an address, properties, mandatory, copies,
transactions, direct replies. Refusals come in RabbitMQ's order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import PreconditionFailed, SyntaxRefused, Unsupported
from leveret.broker.exchanges.delays import Delays
from leveret.broker.message import UNKNOWN_TRAITS, Message, header_payload, with_properties
from leveret.broker.publishing import Reading, read
from leveret.broker.routing import TO_BE_ASKED
from leveret.broker.sending import hand_over
from leveret.protocol.violation import ProtocolViolation, spell_octets
from leveret.session import distant, tally, tracing
from leveret.wire import methods
from leveret.wire.codes import MalformedFrame, ReplyCode
from leveret.wire.properties import decode_header
from leveret.wire.values import text

if TYPE_CHECKING:
    from leveret.broker.routing import Route
    from leveret.session.channel import Channel

MANDATORY: Final = 1
_IMMEDIATE: Final = 2

# A publisher has a handful of different property octets, or new ones with every message.
KNOWN_TRAITS_MAX: Final = 256
# Longer ones are hardly ever said twice, and 256 of them would be a burden on each connection.
KNOWN_OCTETS_MAX: Final = 512
# Where the flags begin in a header payload: class, weight and body size come before.
_FLAGS_OFFSET: Final = 12


def publish(channel: Channel, address: bytes, bits: int, extra: int, content: bytes) -> None:
    """Route the message and hand it over, or remember to. Raises Refused."""
    routes = channel.access.routes
    route = routes.get(address) or routes.get(address + TO_BE_ASKED)
    if route is None or bits & _IMMEDIATE:
        route = _find_route(channel, address, bits)
    traits = None
    is_mandatory = bool(bits & MANDATORY)
    copy_keys: tuple[str, ...] = ()
    if extra:
        # Known ones are plain.
        traits = channel.session.known_traits.get(content[19 : 21 + extra], UNKNOWN_TRAITS)
    if traits is UNKNOWN_TRAITS or (extra and route.is_for_one):
        reading = _read(channel, content)
        traits, copy_keys = reading.traits, reading.copy_keys
        if route.is_for_one or not reading.is_plain:
            received, content = content, _rewrite(channel, reading, content)
            route = _route_all(channel, address, reading)
            if reading.has_blind_copies:
                rest = _hold_whole(channel, address, reading, received, route)
                # What is held has found its place: nothing is returned.
                is_mandatory = is_mandatory and rest is route
                route = rest
    message = Message(address, content, channel.number, channel.session.next_position(), traits)
    tracing.published(channel, message, copy_keys, route)
    _pass_on(channel, message, route, is_mandatory=is_mandatory)


def _pass_on(channel: Channel, message: Message, route: Route, *, is_mandatory: bool) -> None:
    """Now, or at commit."""
    if channel.transaction is not None:
        channel.transaction.publish(message, route, is_mandatory=is_mandatory)
    else:
        deliver(channel, message, route, is_mandatory=is_mandatory)


def deliver(channel: Channel, message: Message, route: Route, *, is_mandatory: bool) -> bool:
    """To the receivers, or back to the publisher who insists that there be one.

    False when a queue had no place for it; who waits for a confirm hears of it.
    """
    tally.published(channel, message, route, is_mandatory=is_mandatory)
    is_accepted = hand_over(message, route, channel.keep)
    if route.distant and is_accepted:
        distant.settled_later(channel, route.distant)
    if is_mandatory and not route.receivers:
        returned = methods.BasicReturn(
            reply_code=ReplyCode.NO_ROUTE,
            reply_text=ReplyCode.NO_ROUTE.name,
            exchange=message.exchange,
            routing_key=message.routing_key,
        )
        channel.send_content(returned, message)
    if not is_accepted and channel.confirms is not None:
        channel.refuse_confirm()
    return is_accepted


def split_address(address: bytes) -> tuple[str, str]:
    """Exchange and routing key. Raises MalformedFrame.

    Other methods' strings have to be UTF-8; RabbitMQ lets a publish's be any octets.
    """
    try:
        behind_exchange = 1 + address[0]
        behind_key = behind_exchange + 1 + address[behind_exchange]
    except IndexError as error:
        raise MalformedFrame("exchange and routing key reach beyond their frame") from error
    if behind_key != len(address):
        raise MalformedFrame("exchange and routing key do not fill their frame")
    return text(address[1:behind_exchange]), text(address[behind_exchange + 1 :])


def _find_route(channel: Channel, address: bytes, bits: int) -> Route:
    try:
        exchange, routing_key = split_address(address)
    except MalformedFrame as error:
        # The ticket in front is all that has been cut off; nobody has used it since AMQP 0-8.
        said = spell_octets(b"\x00\x00" + address + bytes((bits,)))
        raise ProtocolViolation(
            ReplyCode.FRAME_ERROR, f"cannot decode {said}", methods.BasicPublish.index
        ) from error
    if bits & _IMMEDIATE:
        raise Unsupported("immediate=true")
    route = channel.access.route(exchange, routing_key)
    if not route.is_for_one:
        channel.access.remember(address if route.is_plain else address + TO_BE_ASKED, route)
    return route


def _read(channel: Channel, content: bytes) -> Reading:
    """What the properties say; where that is plain, the channel need not ask again."""
    header = header_payload(content)
    try:
        properties, _body_size = decode_header(header)
    except MalformedFrame as error:
        raise SyntaxRefused(f"content header of basic.publish: {error}") from error
    reading = read(properties, channel.access.user)
    said = header[_FLAGS_OFFSET:]
    if reading.is_plain and len(said) <= KNOWN_OCTETS_MAX:
        known = channel.session.known_traits
        if len(known) >= KNOWN_TRAITS_MAX:
            known.clear()
        known[said] = reading.traits
    return reading


def _rewrite(channel: Channel, reading: Reading, content: bytes) -> bytes:
    """The content with the properties its consumers are to see."""
    properties = reading.properties
    if reading.wants_direct_reply:
        if channel.direct_reply is None:
            raise PreconditionFailed("fast reply consumer does not exist")
        properties = replace(properties, reply_to=channel.direct_reply.name)
    if reading.has_blind_copies:
        headers = {name: value for name, value in reading.headers.items() if name != "BCC"}
        properties = replace(properties, headers=headers)
    if properties is reading.properties:
        return content
    return with_properties(content, channel.number, properties)


def _hold_whole(
    channel: Channel, address: bytes, reading: Reading, received: bytes, route: Route
) -> Route:
    """Delayed exchanges route the message again when it is due, by its BCC too, and take that
    header out then: what they hold still has it. Gives the route to all others."""
    holding = tuple(each for each in route.receivers if isinstance(each, Delays))
    if not holding:
        return route
    whole = _rewrite(channel, replace(reading, has_blind_copies=False), received)
    position = channel.session.next_position()
    message = Message(address, whole, channel.number, position, reading.traits)
    held_route = replace(route, receivers=holding, witnesses=())
    _pass_on(channel, message, held_route, is_mandatory=False)
    others = tuple(each for each in route.receivers if not isinstance(each, Delays))
    return replace(route, receivers=others)


def _route_all(channel: Channel, address: bytes, reading: Reading) -> Route:
    """Where it goes by the routing key and by every copy's, to each receiver once."""
    exchange, routing_key = split_address(address)
    return channel.access.route(exchange, routing_key, reading.properties, reading.copy_keys)
