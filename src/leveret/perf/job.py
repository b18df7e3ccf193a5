"""What one worker is told to do: plain values that travel as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from leveret.dial.address import Address

Role = Literal["producer", "consumer"]


@dataclass(frozen=True, slots=True)
class Job:
    """One producer or one consumer."""

    role: Role
    worker: int  # Its place among the counters.
    workers: int
    counters: str
    address: Address
    exchange: str = ""
    routing_keys: tuple[str, ...] = ()  # A producer sends to them in turn.
    queues: tuple[str, ...] = ()  # A consumer consumes from each of them.
    size: int = 1024
    persistent: bool = False
    connections: int = 1  # Of a producer; more than one only with confirms.
    confirm: int = 0  # Window of unconfirmed messages; 0: no confirms.
    rate: float = 0.0  # Messages a second; 0: as fast as it goes.
    messages: int = 0  # A producer stops after so many; 0: when told.
    auto_ack: bool = True
    prefetch: int = 0
    ack_batch: int = 1
    check_sequence: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def job_from_json(text: str) -> Job:
    values = json.loads(text)
    values["address"] = Address(**values["address"])
    values["routing_keys"] = tuple(values["routing_keys"])
    values["queues"] = tuple(values["queues"])
    return Job(**values)
