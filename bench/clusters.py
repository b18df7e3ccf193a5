"""Clusters of three nodes on this machine, Leveret's and RabbitMQ's: `python -m bench.clusters`.

    python -m bench.clusters [--only mirrored ordinary many declares pauses] [--seconds 5]
                             [--leveret]

Both are measured one after the other, never at once, each with three nodes that share the cores
with the clients. The page bench/clusters.md is written at the end.
"""

import argparse
import datetime
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from bench.brokers import LEVERET, RABBITMQ
from bench.declares import measure_declares
from bench.leveret_cluster import LeveretNode, running_leveret_cluster
from bench.pauses import FREEZE, KILL, STOP, Node, declare, longest_pause_s
from bench.rabbitmq_cluster import running_rabbitmq_cluster
from bench.report import machine, row, runtime, sync_us
from bench.workload import PERSISTENT, Figures, Goal, quietly, reported
from leveret.dial.address import parse_uri
from leveret.dial.connection import Connection
from leveret.perf.flow import Paths, Traffic, run_flow
from leveret.perf.process import busy_s
from leveret.perf.scenarios import throughput
from leveret.perf.topology import Topology
from leveret.wire import methods

RESULTS = Path(__file__).parent / "clusters.md"
MIRROR_ALL = '{"ha-mode":"all","ha-sync-mode":"automatic"}'
WARMUP_S = 1.0
IDLE_S = 10.0
MANY = 500
# What a busy moment can spoil is measured so often.
THROUGHPUTS = ("mirrored", "ordinary")
ROUNDS = 3

Nodes = Sequence[Node]
# By figure: the values of each broker.
Found = dict[str, dict[str, list[float]]]
Measure = Callable[[Nodes, float], Figures]
HEAD = """\
# Clusters of three, on one machine

Written by `python -m bench.clusters`; do not edit. {when}.

- {runtime}
- {machine}
- Appending 1 KiB and fdatasync takes {sync_us} us on the disk that all nodes have their files on.
  Leveret's engines sync before each confirm.
- Three nodes of one broker run at a time, with one producer and one consumer, all on these cores;
  {seconds:g} s are measured. Throughputs are medians of {rounds} runs, all else is measured once.
  Load of the machine before this began: {load:.2f}.
- A pause is the longest time between two confirms to one publisher that is connected to a node that
  stays. RabbitMQ's net tick is as it comes: 60 s.

| | Leveret | RabbitMQ | ratio | goal | |
|---|---|---|---|---|---|
"""


def traffic(seconds: float, kind: Traffic = PERSISTENT) -> Traffic:
    return replace(kind, warmup_s=WARMUP_S, duration_s=seconds)


def measure_mirrored(nodes: Nodes, seconds: float) -> Figures:
    """A queue that its policy mirrors to all, at the leader's node; and a quorum queue."""
    home = parse_uri(nodes[0].url)
    nodes[0].ctl("set_policy", "perf", "^perf", MIRROR_ALL)
    mirrored = throughput.run(home, traffic(seconds), quietly).figures
    elsewhere = through(nodes[1], nodes[0], seconds)
    nodes[0].ctl("clear_policy", "perf")
    quorum = {"x-queue-type": "quorum"}
    voted = throughput.run(home, traffic(seconds), quietly, arguments=quorum).figures
    return {
        "mirrored": mirrored["delivered_per_s"],
        "mirrored_elsewhere": elsewhere["delivered_per_s"],
        "quorum": voted["delivered_per_s"],
    }


def measure_ordinary(nodes: Nodes, seconds: float) -> Figures:
    """An ordinary queue of the first node, from there and from another."""
    figures = {}
    for name, kind in (("", PERSISTENT), ("transient_", Traffic())):
        local = through(nodes[0], nodes[0], seconds, kind)["delivered_per_s"]
        remote = through(nodes[1], nodes[0], seconds, kind)["delivered_per_s"]
        figures |= {f"{name}local": local, f"{name}remote": remote}
        figures[f"{name}remote_to_local"] = remote / local
    return figures


def through(node: Node, home: Node, seconds: float, kind: Traffic = PERSISTENT) -> Figures:
    """One flow through a node into a queue of another, and out of it."""
    with Topology(parse_uri(home.url)) as topology:
        queue = topology.declare_queue("queue", durable=True)
        paths = Paths("", (queue,), ((queue,),))
        return run_flow(parse_uri(node.url), traffic(seconds, kind), paths, quietly).figures


def measure_many(nodes: Nodes, seconds: float) -> Figures:  # noqa: ARG001
    """Declaring many mirrored queues, and what they cost while nobody uses them."""
    nodes[0].ctl("set_policy", "many", "^many", MIRROR_ALL)
    with Connection(parse_uri(nodes[0].url), "bench") as connection:
        started = time.monotonic()
        for number in range(MANY):
            declared = methods.QueueDeclare(queue=f"many.{number}", durable=True)
            connection.call(1, declared, methods.QueueDeclareOk)
        declared_per_s = MANY / (time.monotonic() - started)
        time.sleep(WARMUP_S)
        before_s = [processor_s(node) for node in nodes]
        time.sleep(IDLE_S)
        after_s = [processor_s(node) for node in nodes]
        for number in range(MANY):
            removed = methods.QueueDelete(queue=f"many.{number}")
            connection.call(1, removed, methods.QueueDeleteOk)
    nodes[0].ctl("clear_policy", "many")
    busy = [after - before for before, after in zip(before_s, after_s, strict=True)]
    return {"declared_per_s": declared_per_s, "idle_percent": max(busy) / IDLE_S * 100}


def processor_s(node: Node) -> float:
    """Of all that the node consists of."""
    if not isinstance(node, LeveretNode):
        return busy_s(node.pid)
    engine = node.engine_pid
    return busy_s(node.pid) + (busy_s(engine) if engine else 0.0)


def measure_pauses(nodes: Nodes, seconds: float) -> Figures:  # noqa: ARG001
    nodes[0].ctl("set_policy", "mirrored", "^mirrored", MIRROR_ALL)
    declare(nodes)
    ends = {"stopped_s": STOP, "killed_s": KILL}
    if isinstance(nodes[0], LeveretNode):
        ends["broker_killed_s"] = replace(KILL, verb="end")
    ends["frozen_s"] = FREEZE
    return {name: longest_pause_s(nodes, end) for name, end in ends.items()}


def at_least(figure: str, label: str, unit: str, value: float) -> Goal:
    return Goal(figure, label, unit, "itself", "at least", value)


def at_most(figure: str, label: str, unit: str, value: float) -> Goal:
    return Goal(figure, label, unit, "itself", "at most", value)


MEASURES: Mapping[str, tuple[Measure, tuple[Goal, ...]]] = {
    "mirrored": (
        measure_mirrored,
        (
            Goal("mirrored", "1 KiB persistent, mirrored to all", "/s", "ratio", "at least", 1),
            reported("mirrored_elsewhere", "the same through a node that does not lead", "/s"),
            reported("quorum", "the same, a quorum queue", "/s"),
        ),
    ),
    "ordinary": (
        measure_ordinary,
        (
            reported("local", "1 KiB persistent, an ordinary queue at its node", "/s"),
            reported("remote", "the same through another node", "/s"),
            at_least("remote_to_local", "that : at its node", "", 0.4),
            reported("transient_local", "1 KiB, auto-ack, an ordinary queue at its node", "/s"),
            reported("transient_remote", "the same through another node", "/s"),
            at_least("transient_remote_to_local", "that : at its node", "", 0.4),
        ),
    ),
    "many": (
        measure_many,
        (
            at_least("declared_per_s", f"{MANY} mirrored queues declared", "/s", 10),
            at_most("idle_percent", "a node's processor while they are idle", "%", 15),
        ),
    ),
    "declares": (
        measure_declares,
        (
            reported("declares_per_s", "durable queues declared one after the other", "/s"),
            reported("declares_in_turns_per_s", "the same through two nodes in turns", "/s"),
            reported("redeclares_per_s", "declared again as they are, through another node", "/s"),
            reported("visible_ms", "until other nodes' clients reach such a queue, median", "ms"),
            at_most("visible_worst_ms", "the same, worst of 100", "ms", 100),
        ),
    ),
    "pauses": (
        measure_pauses,
        (
            at_most("stopped_s", "pause when the leader's node is stopped", "s", 1),
            at_most("broker_killed_s", "when its broker is killed", "s", 3),
            at_most("killed_s", "when all of it is killed", "s", 10),
            at_most("frozen_s", "when it is frozen", "s", 12),
        ),
    ),
}
STARTS: Mapping[str, Callable[[], AbstractContextManager[Nodes]]] = {
    LEVERET: running_leveret_cluster,
    RABBITMQ: running_rabbitmq_cluster,
}


def main() -> None:
    asked = arguments()
    load = os.getloadavg()[0]
    found: Found = {}
    for broker in (LEVERET,) if asked.leveret else (LEVERET, RABBITMQ):
        with STARTS[broker]() as nodes:
            for name in asked.only:
                for _ in range(ROUNDS if name in THROUGHPUTS else 1):
                    figures = MEASURES[name][0](nodes, asked.seconds)
                    print(broker, name, figures, flush=True)
                    for figure, value in figures.items():
                        found.setdefault(figure, {}).setdefault(broker, []).append(value)
    if not asked.leveret:
        RESULTS.write_text(page(found, asked, load))


def page(
    found: Mapping[str, dict[str, list[float]]], asked: argparse.Namespace, load: float
) -> str:
    head = HEAD.format(
        when=datetime.datetime.now(tz=datetime.UTC).date(),
        runtime=runtime(),
        machine=machine(),
        sync_us=round(sync_us()),
        seconds=asked.seconds,
        rounds=ROUNDS,
        load=load,
    )
    goals = [goal for name in asked.only for goal in MEASURES[name][1]]
    return head + "".join(row(goal, found.get(goal.figure, {})) for goal in goals)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.clusters", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--leveret", action="store_true", help="Leveret alone; no page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
