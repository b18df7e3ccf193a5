"""What the broker's things have done and how fast, as RabbitMQ's management plugin tells it.

Totals are of now, or of the last sample where summing up would take too long; rates are of the last
two samples, which are 5 s apart. Whoever has the clock goes through `sampling`, the work of one
sample, and lets others have their turn between two slices.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from leveret.broker.exchanges.exchange import Exchange
from leveret.broker.vhost import Vhost
from leveret.session.channel import Channel
from leveret.statistics import rows
from leveret.statistics.details import Group, Json, Window, group
from leveret.statistics.retention import BASIC, DETAILED, GLOBAL, RETENTION
from leveret.statistics.sampling import NODE, PROCESS, Sampling, node_row
from leveret.statistics.series import Timeline
from leveret.statistics.totals import Totals, sum_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.broker.broker import Broker
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.tallies import Held
    from leveret.session.session import Session
    from leveret.statistics.retention import Policy
    from leveret.statistics.sampling import ReadNode
    from leveret.statistics.series import Row
    from leveret.statistics.span import Range, Span

    Counted: TypeAlias = AnyQueue | Exchange | Channel | Vhost | Sequence[Vhost]

# Routes count what is published along them; to go through all of them is worth it so often.
FRESH_S: Final = 0.05
# What is in a vhost of more queues and connections is summed up with each sample alone.
SUMMED_AT_ONCE_MAX: Final = 1000

_QUEUE_PUBLISH: Final = group(rows.QUEUE, ("publish",))
_QUEUE_DELIVER: Final = group(rows.QUEUE, rows.DELIVER)
_QUEUE_LENGTHS: Final = group(rows.QUEUE, rows.LENGTHS)
_PUBLISH_IN: Final = group(rows.EXCHANGE, ("publish_in",))
_PUBLISH_OUT: Final = group(rows.EXCHANGE, ("publish_out",))
_CHANNEL_FINE: Final = group(rows.CHANNEL, rows.FINE)
_CHANNEL_DELIVER: Final = group(rows.CHANNEL, rows.DELIVER)
_DELIVERED: Final = rows.CHANNEL.index("deliver_get")
_VHOST_FINE: Final = group(rows.VHOST, rows.FINE)
_VHOST_DELIVER: Final = group(rows.VHOST, rows.DELIVER)
_VHOST_DISK: Final = group(rows.VHOST, rows.DISK)
_VHOST_LENGTHS: Final = group(rows.VHOST, rows.LENGTHS)
_VHOST_DATA: Final = group(rows.VHOST, rows.DATA)
_SESSION_DATA: Final = group(rows.DATA, rows.DATA)
# What stands before them in a queue's row.
_NO_OTHERS: Final = (0,) * _QUEUE_LENGTHS.first
_CHURN: Final = group(rows.CHURN, rows.CHURN)


class Statistics:
    """One broker's."""

    RETENTION: Final = RETENTION
    # RabbitMQ's default: no figures of pairs (which channel has published to which exchange).
    RATES_MODE: Final = "basic"

    def __init__(self, broker: Broker, read_node: ReadNode = dict) -> None:
        """read_node: figures of the process and its machine, by RabbitMQ's names."""
        self._broker = broker
        self._read_node = read_node
        self._now = broker.agenda.wall_clock
        self.reset()

    def reset(self) -> None:
        """Forget all samples; what is counted stays."""
        self._timeline = Timeline(GLOBAL.length)
        self._sampling = Sampling(self._broker, self._timeline, self._read_node)
        # For all that is asked in one go, a listing of thousands perhaps.
        self._counted_at = float("-inf")
        self._windows: dict[tuple[Policy, Range | None, bool], Window] = {}

    # Sampling --------------------------------------------------------------------------------

    def sample(self) -> None:
        """Take one sample at once."""
        for _ in self.sampling():
            pass

    def sampling(self) -> Iterator[None]:
        """Take one sample; stops between slices."""
        return self._sampling.take(self._now())

    # Answers ---------------------------------------------------------------------------------

    def message_stats(self, thing: Counted, span: Span) -> Json:
        """Messages published, delivered, acknowledged, with rates; empty for what is untouched.

        Of several vhosts, which are told as one, also what was read from and written to the disk.
        """
        self._refresh()
        if isinstance(thing, Exchange):
            return self._exchange_stats(thing, span)
        if isinstance(thing, Channel):
            return self._channel_stats(thing, span)
        if isinstance(thing, Vhost):
            return self._vhost_stats([thing], span)
        if isinstance(thing, (list, tuple)):
            return self._vhost_stats(thing, span, is_overview=True)
        return self._queue_stats(cast("AnyQueue", thing), span)

    def lengths(self, thing: AnyQueue | Vhost | Sequence[Vhost], span: Span) -> Json:
        """How many messages there are, wait, and are out, with rates."""
        if isinstance(thing, (Vhost, list, tuple)):
            vhosts = [thing] if isinstance(thing, Vhost) else thing
            if not any(_has_had_queues(vhost) for vhost in vhosts):
                return {}
            window = self._window(GLOBAL, span.lengths)
            return self._told(_VHOST_LENGTHS, self._vhosts_row(vhosts), vhosts, window)
        queue = cast("AnyQueue", thing)
        window = self._window(BASIC, span.lengths, is_ahead=True)
        row = (*_NO_OTHERS, *rows.lengths_row(queue))
        return self._told(_QUEUE_LENGTHS, row, [queue], window)

    def data(self, thing: Session | Vhost, span: Span) -> Json:
        """Octets that came and went, with rates; of a connection also in how many pieces."""
        if isinstance(thing, Vhost):
            row = self._vhosts_row([thing])
            if not row[_VHOST_DATA.first]:
                return {}
            return self._told(_VHOST_DATA, row, [thing], self._window(GLOBAL, span.data_rates))
        window = self._window(BASIC, span.data_rates)
        return {
            **self._told(_SESSION_DATA, rows.session_row(thing), [thing], window),
            "recv_cnt": thing.recv_cnt,
            "send_cnt": thing.send_cnt,
            "send_pend": thing.send_pend,
        }

    def churn(self, span: Span) -> Json:
        """Connections, channels and queues that came and went in the whole node."""
        window = self._window(GLOBAL, span.msg_rates)
        return self._told(_CHURN, node_row(self._broker), [NODE], window)

    def node(self, span: Span) -> Json:
        """What the node uses of its machine, now, with rates."""
        told = self._read_node()
        if not told:
            return {}
        figures = group(tuple(told), tuple(told))
        window = self._window(GLOBAL, span.node_stats)
        return self._told(figures, tuple(told.values()), [PROCESS], window)

    def at_rest(self, wanted: Range | None) -> Json:
        """The details of a figure that is always 0."""
        window = self._window(BASIC, wanted)
        return {"rate": 0.0} if wanted is None else window.samples([], 0)

    def counts(self, thing: AnyQueue | Exchange | Channel) -> dict[str, int]:
        """The counters of one thing, all of them, without rates."""
        self._refresh()
        if isinstance(thing, Exchange):
            return dict(zip(rows.EXCHANGE, rows.exchange_row(thing), strict=True))
        if isinstance(thing, Channel):
            return dict(zip(rows.CHANNEL, rows.channel_row(thing), strict=True))
        counts = dict(zip(rows.QUEUE, rows.queue_row(thing), strict=True))
        return {
            **counts,
            "disk_reads": thing.tally.disk_reads,
            "disk_writes": thing.tally.disk_writes,
        }

    def totals(self) -> Totals:
        """What was counted in the whole node, also of what is gone."""
        return sum_up(self._broker)

    def idle_since(self, thing: AnyQueue | Channel) -> str | None:
        """Since when nothing has happened to it; None while something does."""
        series = self._sampling.of(thing)
        row = rows.channel_row(thing) if isinstance(thing, Channel) else rows.queue_row(thing)
        if series is None:
            return None if any(row) else _told_time(thing.tally.since)
        if series.changed == self._timeline.tick or row != series.last:
            return None
        return _told_time(self._timeline.time_of(series.changed))

    def out_since(self, held: Held) -> str | None:
        """Since when a message has been out, at the least: the first sample that knows of it was
        taken some seconds after it was delivered. None where nobody here knows."""
        if not isinstance(held.taker, Channel):
            return None
        series, tick = self._sampling.of(held.taker), self._timeline.tick
        known: list[int] = []
        for number, step in enumerate(BASIC.steps if series is not None else ()):
            assert series is not None
            last = tick - tick % step.every
            first = max(step.every, last - (step.size - 1) * step.every)
            ticks = range(first, last + 1, step.every)
            # A channel's delivery tags count what it has had.
            counts = series.at(_DELIVERED, ticks, number, step)
            known += [
                each
                for each, count in zip(ticks, counts, strict=True)
                if count >= held.delivery_tag
            ]
        return _told_time(self._timeline.time_of(min(known)) if known else self._now())

    def consumer_capacity(self, queue: AnyQueue) -> float:
        """How likely a message finds a consumer at once, by the last samples; 0 without any."""
        return self._sampling.capacity(queue) if len(queue.consumers) else 0

    # Of one kind -----------------------------------------------------------------------------

    def _queue_stats(self, queue: AnyQueue, span: Span) -> Json:
        if rows.is_untouched(queue):
            return {}
        window, row = self._window(BASIC, span.msg_rates), rows.queue_row(queue)
        told: Json = {}
        if _is_any(row, _QUEUE_DELIVER):
            told |= self._told(_QUEUE_DELIVER, row, [queue], window)
        if queue.tally.publish:
            told |= self._told(_QUEUE_PUBLISH, row, [queue], window)
        return told

    def _exchange_stats(self, exchange: Exchange, span: Span) -> Json:
        told: Json = {}
        row = rows.exchange_row(exchange)
        if exchange.publish_in:
            window = self._window(DETAILED, span.msg_rates)
            told |= self._told(_PUBLISH_IN, row, [exchange], window)
        if exchange.publish_out:
            window = self._window(DETAILED, span.msg_rates)
            told |= self._told(_PUBLISH_OUT, row, [exchange], window)
        return told

    def _channel_stats(self, channel: Channel, span: Span) -> Json:
        told: Json = {}
        window, row = self._window(BASIC, span.msg_rates), rows.channel_row(channel)
        if channel.published:
            told |= self._told(_CHANNEL_FINE, row, [channel], window)
        if _is_any(row, _CHANNEL_DELIVER):
            told |= self._told(_CHANNEL_DELIVER, row, [channel], window)
        return told

    def _vhost_stats(
        self, vhosts: Sequence[Vhost], span: Span, *, is_overview: bool = False
    ) -> Json:
        told: Json = {}
        window, row = self._window(GLOBAL, span.msg_rates), self._vhosts_row(vhosts)
        if any(vhost.tally.publish for vhost in vhosts):
            told |= self._told(_VHOST_FINE, row, vhosts, window)
        if _is_any(row, _VHOST_DELIVER):
            told |= self._told(_VHOST_DELIVER, row, vhosts, window)
        if is_overview and any(_has_had_queues(vhost) for vhost in vhosts):
            told |= self._told(_VHOST_DISK, row, vhosts, window)
        return told

    # Rows ------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Count what was published so far, once for all that is asked in one go."""
        now = self._now()
        if now - self._counted_at >= FRESH_S:
            self._counted_at = now
            self._windows.clear()
            for vhost in self._broker.vhosts.values():
                vhost.count_routes()

    def _vhosts_row(self, vhosts: Sequence[Vhost]) -> Row:
        self._refresh()
        if not vhosts:
            return (0,) * len(rows.VHOST)
        each = [self._vhost_row(vhost) for vhost in vhosts]
        return tuple(map(sum, zip(*each, strict=True)))

    def _vhost_row(self, vhost: Vhost) -> Row:
        sessions = cast("list[Session]", self._broker.connections.in_vhost(vhost.name))
        series = self._sampling.of(vhost)
        if series is not None and len(vhost.queues) + len(sessions) > SUMMED_AT_ONCE_MAX:
            return series.last
        return rows.vhost_row(vhost, sessions)

    def _window(self, policy: Policy, wanted: Range | None, *, is_ahead: bool = False) -> Window:
        self._refresh()
        known = self._windows.get((policy, wanted, is_ahead))
        if known is None:
            known = Window(self._timeline, self._counted_at, policy, wanted, is_ahead)
            self._windows[policy, wanted, is_ahead] = known
        return known

    def _told(self, told: Group, row: Row, things: Sequence[object], window: Window) -> Json:
        known = map(self._sampling.of, things)
        return told.told(row, [series for series in known if series is not None], window)


def _is_any(row: Row, told: Group) -> bool:
    """Any of it has happened."""
    return any(row[told.first : told.first + len(told.names)])


def _has_had_queues(vhost: Vhost) -> bool:
    return bool(vhost.queues or vhost.tally.queue_created)


def _told_time(at_s: float) -> str:
    """As RabbitMQ writes it: `2026-11-22T20:37:24.301+00:00`."""
    at_ms = int(at_s * 1000)
    return f"{_told_second(at_ms // 1000)}.{at_ms % 1000:03}+00:00"


@lru_cache(1024)
def _told_second(at_s: int) -> str:
    """Many things have been idle since the same one."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")
