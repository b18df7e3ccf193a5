"""An explanation as JSON, and as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.definitions.arguments import json_of

if TYPE_CHECKING:
    from leveret.explaining.steps import Explanation, Step, Way

# Of one exchange, so many bindings that are not taken are told of; those that are, all.
NOT_TAKEN_MAX: Final = 500


def explanation_told(told: Explanation) -> dict[str, Any]:
    return {
        "routed": bool(told.queues),
        "certain": told.is_certain,
        "queues": [queue.name for queue in told.queues],
        "queues_down": [queue.name for queue in told.down],
        "steps": [_step_told(step) for step in told.steps],
    }


def _step_told(step: Step) -> dict[str, Any]:
    taken = [way for way in step.ways if way.verdict.is_match]
    others = [way for way in step.ways if not way.verdict.is_match]
    return {
        "exchange": step.exchange.name,
        "type": step.exchange.type.name,
        "reached_by": step.reached_by,
        "held_ms": step.held_ms,
        "alternate": step.exchange.alternate,
        "goes_to_alternate": step.goes_to_alternate,
        "bindings": [_way_told(way) for way in (*taken, *others[:NOT_TAKEN_MAX])],
        "not_told": max(0, len(others) - NOT_TAKEN_MAX),
    }


def _way_told(way: Way) -> dict[str, Any]:
    binding, verdict = way.binding, way.verdict
    return {
        "destination": binding.destination.name,
        "destination_type": binding.destination.kind,
        "routing_key": binding.routing_key,
        "arguments": json_of(binding.arguments),
        "matched": verdict.is_match,
        "why": verdict.why,
        "reason": {"code": verdict.code, **verdict.told},
    }


def rows(told: Explanation) -> list[dict[str, Any]]:
    """A row for each binding; for an exchange that has none, one that says so."""
    return [row for step in told.steps for row in _rows_of(told, step)]


def _rows_of(told: Explanation, step: Step) -> list[dict[str, Any]]:
    name = step.exchange.name
    if not name:
        # Every queue is bound to the default exchange under its name: those that are told of.
        why = "the routing key is the queue's name"
        found = [_row(name, queue.name, "queue", True, why) for queue in told.queues]
        return found or [_row(name, "", "", False, "no queue has the routing key as its name")]
    found = [
        _row(name, way.binding.destination.name, way.binding.destination.kind,
             way.verdict.is_match, way.verdict.why)
        for way in step.ways
    ]  # fmt: skip
    if step.goes_to_alternate:
        why = "no binding takes it: to the alternate exchange"
        found.append(_row(name, step.exchange.alternate or "", "exchange", True, why))
    return found or [_row(name, "", "", False, "nothing is bound to the exchange")]


def _row(exchange: str, destination: str, kind: str, is_match: bool, why: str) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "destination": destination,
        "destination_type": kind,
        "matched": is_match,
        "why": why,
    }
