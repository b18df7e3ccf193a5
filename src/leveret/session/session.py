"""One client's session: from its greeting to its end.

    reader ──> connection ──> session ──> access ──> broker
                    output <── channel <── queue

It answers the connection's methods and keeps the channels; what a channel's methods mean stands
in exchange.py, queue.py, basic.py and transaction.py.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Protocol

from leveret.broker.ended import LOST, Ended, Ending
from leveret.broker.errors import Refused
from leveret.protocol.connection import Connection
from leveret.protocol.handshake import agree, what_came
from leveret.protocol.states import State
from leveret.protocol.violation import ProtocolViolation
from leveret.session import telling
from leveret.session.allowance import UNLIMITED, Allowance
from leveret.session.blocking import ALARM, Blocking
from leveret.session.channel import Channel
from leveret.session.confirms import HeldConfirms
from leveret.session.handshake import Handshake
from leveret.session.throttle import DISK, REASONS, SPILL, Throttle
from leveret.wire import methods
from leveret.wire.codes import ReplyCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.access import Access
    from leveret.broker.broker import Broker
    from leveret.broker.message import Traits
    from leveret.broker.ports import Pen
    from leveret.protocol.waiting import Line
    from leveret.session.consumer import Consumer
    from leveret.session.identity import Peer, Terms
    from leveret.wire.methods import Method
    from leveret.wire.values import Table


class Edge(Protocol):
    """What a session asks of the socket it speaks through."""

    def wake(self) -> None:
        """There is something to send after there was nothing."""

    def hold_reading(self, reason: str, *, is_held: bool) -> None:
        """Stop reading from the peer, or go on when there is no other reason to stop."""

    @property
    def send_pend(self) -> int:
        """Octets that the socket has yet to take."""


class Session:
    """One connection, from the first octet to the last.

    connection: octets in, octets out; `connection.output` is what there is to send.
    is_paused: the peer has enough for now; its consumers stand aside.
    allowance: what may still be delivered in this turn.
    appended: channels that gave the message store something in this turn.
    known_traits: what properties ask of the broker, by the octets of flags and properties, for
        those that ask nothing else; a publisher has a handful.
    edge: whoever holds the socket.
    recv_oct, recv_cnt, send_oct, send_cnt: octets that came and went, and in how many pieces; the
        edge counts what it sends.
    """

    def __init__(self, broker: Broker, terms: Terms, peer: Peer, edge: Edge) -> None:
        self.broker = broker
        self.peer = peer
        self.client_properties: Table = {}
        self.mechanism = ""
        self.connected_at_ms = int(broker.agenda.wall_clock() * 1000)
        self._number = broker.next_connection()
        self.next_channel: Callable[[], int] = count(1).__next__
        self._handshake = Handshake(self, terms)
        self._access: Access | None = None
        self.channels: dict[int, Channel] = {}
        self.confirms_due: list[Channel] = []
        self.consumers_due: dict[Consumer, None] = {}
        self.appended: list[Channel] = []
        self.is_paused = self._is_slow = False
        self.allowance = Allowance()
        self.next_position = broker.next_position
        self.random_bytes = broker.random_bytes
        self.recv_oct = self.recv_cnt = self.send_oct = self.send_cnt = 0
        self.known_traits: dict[bytes, Traits | None] = {}
        self.connection = Connection(self, terms.limits, edge.wake)
        self.durability, self._begin_turn = broker.storage.durability, broker.storage.begin_turn
        self._paging = broker.paging
        self.held_confirms = HeldConfirms(
            broker.storage.confirming, self.connection.write, broker.storage.when_kept
        )
        self.throttle = Throttle(edge.hold_reading, broker.agenda.clock)
        self.blocking = Blocking(self, edge.hold_reading)
        self._ending: Ending | None = None
        self._edge = edge
        self._terms = terms
        self.report = terms.report
        self.consumer_timeout_ms = terms.consumer_timeout_ms

    # From and to the transport ---------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """A chunk of what the peer sent."""
        self.recv_oct += len(data)
        self.recv_cnt += 1
        if self._begin_turn is not None:
            self._begin_turn()
        self.connection.receive(data)
        self.end_turn()

    def end_turn(self) -> None:
        """What a chunk of frames has left to do."""
        if self.consumers_due:
            self._reconsider_due()
        if self.confirms_due:
            self.release_confirms()
        if self.appended or self.has_fed_stream:
            self._end_appending()
        if self._paging.is_strained:
            self._paging.is_strained = False
            self.throttle.hold(SPILL, self._paging.spilling)

    def _reconsider_due(self) -> None:
        """Serve the consumers that have room again, those that go before others first."""
        due = sorted(self.consumers_due, key=lambda each: -each.priority)
        self.consumers_due.clear()
        for consumer in due:
            consumer.reconsider()

    def release_confirms(self) -> None:
        """Confirm what was published, or see that it will be."""
        # Whose messages a stream has stored nobody knows; to wait in vain is no harm.
        is_stream_fed = self.has_fed_stream
        for channel in self.confirms_due:
            confirms = channel.confirms
            assert confirms is not None
            has_appended = channel.has_appended or is_stream_fed
            if has_appended or confirms.held:
                self.held_confirms.hold(confirms, has_appended=has_appended)
            elif answer := confirms.take_ack():
                self.connection.write(answer)
        self.confirms_due.clear()

    @property
    def has_fed_stream(self) -> bool:
        """A stream has stored a message in this turn that need not survive elsewhere."""
        return self._paging.has_appended

    def _end_appending(self) -> None:
        """When the disk has more than enough to do, read no more until it has done it."""
        for channel in self.appended:
            channel.has_appended = False
        self.appended.clear()
        self._paging.has_appended = False
        confirming = self.broker.storage.confirming
        if confirming.is_behind:
            self.throttle.hold(DISK, confirming)
        if self.broker.storage.has_written_copies:
            self.blocking.has_published_copies()

    def resume_channel(self, line: Line, action: Callable[[], None]) -> None:
        """A channel that waited goes on; perhaps in the middle of a chunk, its own or another's: no
        new turn begins, as that one's confirms are still to wait for what it has appended."""
        self.connection.resume(line, action)
        self.end_turn()

    def pause(self) -> None:
        """The peer does not keep up: deliver nothing more until it has."""
        self._is_slow = True
        self._pause_consumers(is_paused=True)

    def resume(self) -> None:
        """The peer has caught up."""
        self._is_slow = False
        self.renew_allowance()

    def use_up_allowance(self) -> None:
        """This turn's deliveries are many enough: the rest comes in the next."""
        self._pause_consumers(is_paused=True)

    def answered(self, octets: int) -> None:
        """A basic.get had an answer of that size: these count too, and further ones can wait."""
        self.allowance.octets -= octets
        if self.allowance.octets < 0 and not self.connection.is_halted:
            self.connection.halt()
            self._edge.hold_reading("answers", is_held=True)

    def renew_allowance(self) -> None:
        """The output is on its way: a new turn, for a peer that takes what it gets."""
        if self._is_slow:
            return
        self.allowance.renew()
        if self.is_paused:
            self._pause_consumers(is_paused=False)
        if self.connection.is_halted and not self.blocking.is_on:
            self._edge.hold_reading("answers", is_held=False)
            self.connection.go_on()
            self.end_turn()

    def lost(self) -> None:
        """The socket is gone."""
        self.connection.lost()

    def close_forced(self, reason: str) -> None:
        """Ask the peer to go, whatever it is about."""
        code = ReplyCode.CONNECTION_FORCED
        self.close(code, f"{code.name} - {reason}")

    def close(self, code: ReplyCode, text: str) -> None:
        """Ask the peer to close."""
        self.ends(Ending("broker", code, text))
        self.connection.close(code, text)

    def ends(self, ending: Ending) -> None:
        """Why, for people who ask later; what was said before counts."""
        self._ending = self._ending or ending

    @property
    def pen(self) -> Pen | None:
        """See Storage."""
        return self.broker.storage.pen

    def end_with(self, refused: Refused) -> None:
        """What it was to be told it cannot be told any more."""
        self.close(refused.code, refused.reply_text)

    @property
    def access(self) -> Access:
        """The client's way into its vhost, once connection.open has let it in."""
        assert self._access is not None
        return self._access

    def client_can(self, capability: str) -> bool:
        """Whether the client announced a capability."""
        capabilities = self.client_properties.get("capabilities")
        return isinstance(capabilities, dict) and capabilities.get(capability) is True

    @property
    def unacked_max(self) -> int:
        return self._terms.limits.unacked_max or UNLIMITED

    @property
    def pid(self) -> str:
        """Its name among all that the node ever had, as RabbitMQ's look."""
        return self.pid_of(0)

    def pid_of(self, number: int) -> str:
        """The name of something of its own; none of them has 0."""
        return f"<{self.broker.node}.{self.broker.started_at}.{self._number}.{number}>"

    def __str__(self) -> str:
        return self.pid

    @property
    def send_pend(self) -> int:
        """Octets that wait to be sent."""
        return self._edge.send_pend

    @property
    def state(self) -> str:
        """The connection's, as RabbitMQ names it: running, flow, blocking (an alarm is on, and it
        has not published yet), blocked; or how far its handshake or its end has come."""
        state = self.connection.state
        if state is not State.OPEN:
            return str(state.value)
        if self.blocking.is_on:
            return "blocked"
        if self.broker.alarms.is_on:
            return "blocking"
        return "flow" if self.throttle.is_shown else "running"

    @property
    def frame_max(self) -> int:
        """The largest frame to send; 0 for no limit."""
        agreement = self.connection.agreement
        return self._terms.limits.frame_max if agreement is None else agreement.frame_max

    @property
    def needs_narrow_frames(self) -> bool:
        """The client takes smaller frames than others may send."""
        return 0 < self.frame_max < (self._terms.limits.frame_max or 2**32)

    # Events of the connection ----------------------------------------------------------------

    def greeted(self, version: tuple[int, int]) -> None:
        cluster_name = self.broker.parameters.cluster_name
        self.connection.write(self._terms.greeting(version, self.peer, cluster_name))

    def misgreeted(self, header: bytes) -> None:
        self._terms.report(f"closing connection {self.peer.name}: {what_came(header)}")

    def method(self, method: Method) -> None:
        match method:
            case methods.ConnectionStartOk():
                self._handshake.start(method)
            case methods.ConnectionTuneOk():
                self.connection.settle(agree(self._terms.limits, method))
            case methods.ConnectionOpen():
                self._open(method)
            case methods.ConnectionUpdateSecret():
                # Passwords are checked at login alone, as in RabbitMQ's internal backend.
                self.connection.send(0, methods.ConnectionUpdateSecretOk())
            case methods.ConnectionClose():
                self.ends(Ending("client", method.reply_code, method.reply_text))
                self.release_confirms()

    def open_channel(self, number: int) -> Channel:
        try:
            self.broker.refuse_channel_beyond_limit(self.access.user.name)
        except Refused as refused:
            raise ProtocolViolation(refused.code, str(refused)) from refused
        channel = self.channels[number] = Channel(self, number)
        self.broker.churn.channel_created += 1
        telling.channel_created(channel)
        return channel

    def close_channel(self, number: int) -> None:
        # What was taken before the close is confirmed before it.
        self.release_confirms()
        channel = self.channels.pop(number)
        channel.end()
        self.broker.churn.channel_closed += 1
        telling.channel_closed(channel)

    def violated(self, violation: ProtocolViolation) -> None:
        self.ends(Ending("broker", violation.code, str(violation)))
        self.release_confirms()
        self.report(f"closing connection {self.peer.name}: {violation}")

    def hold_reading(self, is_held: bool) -> None:
        self._edge.hold_reading("waiting", is_held=is_held)

    def _open(self, method: methods.ConnectionOpen) -> None:
        self._access = self._handshake.enter(method)
        self.broker.connections.add(self)
        self.broker.churn.connection_created += 1
        self.broker.alarms.watchers[self.blocking] = None
        self.connection.watch_contents(is_watching=self.broker.alarms.is_on)
        telling.connection_created(self)
        self.connection.send(0, methods.ConnectionOpenOk())

    def closing(self) -> None:
        # What one channel gives back must not go to the next that is about to go.
        self.pause()
        # The peer's last word counts, whatever else has to wait.
        self.blocking.is_on = False
        for reason in (*REASONS, "answers", ALARM):
            self._edge.hold_reading(reason, is_held=False)

    def closed(self) -> None:
        """The connection has ended, and what was its own ends with it."""
        self.broker.alarms.watchers.pop(self.blocking, None)
        self.broker.churn.connection_closed += 1
        if self.mechanism:
            telling.connection_closed(self)
        if self._access is not None:
            self.broker.connections.discard(self)
            self._note_end(self._access)
            tally = self._access.vhost.tally
            tally.recv_oct += self.recv_oct
            tally.send_oct += self.send_oct
            self._access.delete_exclusive_queues()

    def _note_end(self, access: Access) -> None:
        peer, now = self.peer, self.broker.agenda.wall_clock()
        connected_at, ending = self.connected_at_ms / 1000, self._ending or LOST
        place = (access.user.name, access.vhost.name, peer.peer_host, peer.peer_port)
        self.broker.connections.ended.append(Ended(peer.name, *place, connected_at, now, ending))

    def _pause_consumers(self, *, is_paused: bool) -> None:
        self.is_paused = is_paused
        for channel in list(self.channels.values()):
            channel.reconsider_consumers()
