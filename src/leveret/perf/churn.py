"""Making and unmaking the same things over and over: so many calls at once, then their answers.

The calls are encoded once. They are sent without waiting for each answer, so that the broker's
work is measured and not the way to it; `at_once` 1 measures the way too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leveret.dial.connection import method_frame, refuse
from leveret.perf.errors import PerfError
from leveret.perf.result import Progress, Sample
from leveret.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.dial.connection import Connection
    from leveret.wire.methods import Method

SAMPLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a churn goes on."""

    warmup_s: float = 1.0
    duration_s: float = 10.0


@dataclass(slots=True)
class Churn:
    """What was done how often, and how long each kind of step took."""

    figures: dict[str, float] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One half of a round: what is done, how often, and how."""

    name: str
    count: int
    do: Callable[[], None]


def run_churn(steps: Sequence[Step], pace: Pace, progress: Progress) -> Churn:
    """Go through the steps in turn until the time is over; a round is never left half done."""
    churn = Churn()
    try:
        go_round(steps, pace.warmup_s, churn, None)
        churn.figures.clear()
        go_round(steps, pace.duration_s, churn, progress)
    except KeyboardInterrupt:
        churn.interrupted = True
    return churn


def go_round(
    steps: Sequence[Step], duration_s: float, churn: Churn, progress: Progress | None
) -> None:
    started = sampled_at = time.monotonic()
    spent = dict.fromkeys((step.name for step in steps), 0.0)
    rounds = sampled_rounds = 0
    while True:
        for step in steps:
            before = time.perf_counter()
            step.do()
            spent[step.name] += time.perf_counter() - before
        rounds += 1
        now = time.monotonic()
        if progress is not None and now - sampled_at >= SAMPLE_S:
            frequency = (rounds - sampled_rounds) / (now - sampled_at)
            sample = Sample(
                round(now - started, 3), {step.name: step.count * frequency for step in steps}
            )
            churn.samples.append(sample)
            progress(sample)
            sampled_at, sampled_rounds = now, rounds
        if now - started >= duration_s:
            break
    # Each step by its own time: declaring is not slower because deleting is.
    for step in steps:
        churn.figures[f"{step.name}_per_s"] = rounds * step.count / spent[step.name]
    churn.figures["rounds_per_s"] = rounds * steps[0].count / sum(spent.values())


def calls(name: str, connection: Connection, requests: Sequence[tuple[int, Method]]) -> Step:
    """A step of calls (channel, method), all sent before the first answer is read."""
    blob = b"".join([method_frame(channel, method) for channel, method in requests])

    def do() -> None:
        connection.send(blob)
        wait_for_answers(connection, len(requests))

    return Step(name, len(requests), do)


def wait_for_answers(connection: Connection, count: int) -> None:
    """Read so many method frames; a close among them is an error."""
    data = b""
    seen = 0
    deadline = time.monotonic() + 60
    while seen < count:
        data += connection.receive()
        position = 0
        while len(data) - position >= frames.FRAME_OVERHEAD:
            kind, channel, size = frames.FRAME_HEAD.unpack_from(data, position)
            if position + size + frames.FRAME_OVERHEAD > len(data):
                break
            if kind == frames.METHOD:
                seen += 1
                refuse(channel, data[position + 7 : position + 7 + size])
            position += size + frames.FRAME_OVERHEAD
        data = data[position:]
        if seen < count and time.monotonic() > deadline:
            raise PerfError(f"{count - seen} of {count} answers never came")
