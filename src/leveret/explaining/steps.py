"""The way of a message through exchanges: each step with all bindings, taken or not.

Rule: it goes as broker/routing.py does. What routing leaves to chance is followed every way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from leveret.broker.exchanges.delayed import DelayedMessage
from leveret.broker.exchanges.exchange import Exchange
from leveret.broker.exchanges.x_delay import delay_ms
from leveret.broker.queues.distant import DistantQueue
from leveret.explaining.verdicts import BY_CHANCE, Verdict, judge

if TYPE_CHECKING:
    from leveret.broker.bindings import Binding, Destination
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.wire.properties import Properties

ReachedBy: TypeAlias = Literal["publish", "binding", "alternate"]


@dataclass(frozen=True, slots=True)
class Way:
    """A binding, and whether the message takes it."""

    binding: Binding
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """An exchange that the message comes to.

    ways: its bindings, the oldest first.
    goes_to_alternate: no binding takes it, and the alternate exchange is there.
    held_ms: how long a delayed exchange holds it back first.
    """

    exchange: Exchange
    reached_by: ReachedBy
    ways: list[Way]
    goes_to_alternate: bool = False
    held_ms: int = 0

    @property
    def stops(self) -> list[Destination]:
        """Where it goes on."""
        return [way.binding.destination for way in self.ways if way.verdict.is_match]


@dataclass(slots=True)
class Explanation:
    """queues: where it goes in the end, each once. down: queues that would have it, were their
    home there. is_certain: nothing on the way is left to chance."""

    steps: list[Step] = field(default_factory=list)
    queues: list[AnyQueue] = field(default_factory=list)
    down: list[AnyQueue] = field(default_factory=list)
    is_certain: bool = True


def explain(vhost: Vhost, name: str, keys: tuple[str, ...], properties: Properties) -> Explanation:
    """keys: the routing key, then those of CC and BCC. Raises NotFound."""
    start = vhost.exchange(name)
    told = Explanation()
    if not name:
        told.steps.append(Step(start, "publish", []))
        _end_at(told, [vhost.queues[key] for key in keys if key in vhost.queues])
        return told
    arrivals: dict[Exchange, ReachedBy] = {start: "publish"}
    way = [start]
    for exchange in way:
        step = _step(vhost, exchange, arrivals[exchange], keys, properties)
        told.steps.append(step)
        told.is_certain &= not any(each.verdict.code == BY_CHANCE for each in step.ways)
        _end_at(told, [each for each in step.stops if not isinstance(each, Exchange)])
        onward = _onward(vhost, step)
        way += [each for each in onward if each not in arrivals]
        arrivals = {**onward, **arrivals}
    return told


def _onward(vhost: Vhost, step: Step) -> dict[Exchange, ReachedBy]:
    """The exchanges that come next."""
    onward: dict[Exchange, ReachedBy] = {
        each: "binding" for each in step.stops if isinstance(each, Exchange)
    }
    if step.goes_to_alternate and step.exchange.alternate is not None:
        onward[vhost.exchanges[step.exchange.alternate]] = "alternate"
    return onward


def _step(
    vhost: Vhost,
    exchange: Exchange,
    reached_by: ReachedBy,
    keys: tuple[str, ...],
    properties: Properties,
) -> Step:
    bindings = exchange.bindings
    verdicts = judge(exchange.type, bindings, keys, properties)
    ways = [Way(*pair) for pair in zip(bindings, verdicts, strict=True)]
    is_lost = not any(way.verdict.is_match for way in ways)
    has_alternate = exchange.alternate is not None and exchange.alternate in vhost.exchanges
    held_ms = delay_ms(properties) if isinstance(exchange.type, DelayedMessage) else 0
    return Step(exchange, reached_by, ways, is_lost and has_alternate, held_ms)


def _end_at(told: Explanation, queues: list[AnyQueue]) -> None:
    for queue in queues:
        place = told.down if isinstance(queue, DistantQueue) and not queue.is_up else told.queues
        if queue not in place:
            place.append(queue)
