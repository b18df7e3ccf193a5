import contextlib
import json
from types import SimpleNamespace

import pytest
from bench.before import checked_out
from bench.report import Sitting
from bench.workload import QUICK, Goal, Workload
from bench.workloads import WORKLOADS

from bench import compare
from leveret.perf.errors import PerfError

LEVERET, RABBITMQ = "Leveret", "RabbitMQ"


def workload(name, **options):
    goal = Goal("rate", name, "/s", "ratio", "at least", 2)
    return Workload(name, lambda broker, _scale: {"rate": broker.rate}, (goal,), **options)


@pytest.fixture
def compared(monkeypatch):
    """Two rounds of workloads on two made-up brokers: what was measured, and who was started."""
    monkeypatch.setattr(compare, "version", lambda broker: broker.name)

    def run(*workloads):
        running, started = [], []

        def start(name, rate):
            @contextlib.contextmanager
            def started_broker():
                running.append(name)
                started.append(tuple(running))
                yield SimpleNamespace(name=name, rate=rate)
                running.remove(name)

            return started_broker

        starts = {RABBITMQ: start(RABBITMQ, 10.0), LEVERET: start(LEVERET, 30.0)}
        sitting = Sitting()
        comparison = compare.Comparison(workloads, QUICK, starts, sitting, lambda _so_far: None)
        for turn in (1, 2):
            comparison.run_round(turn)
        return sitting.measured, started

    return run


def test_both_brokers_run_together_in_each_round(compared):
    measured, started = compared(workload("w"))
    assert measured == {"w": {"rate": {RABBITMQ: [10.0, 10.0], LEVERET: [30.0, 30.0]}}}
    assert started == [(RABBITMQ,), (RABBITMQ, LEVERET)] * 2


def test_what_fills_memory_has_a_broker_alone(compared):
    _, started = compared(workload("w", has_own_brokers=True))
    # Who goes second finds the machine warmer.
    assert started == [(RABBITMQ,), (LEVERET,), (LEVERET,), (RABBITMQ,)]


@pytest.mark.parametrize("alone", [True, False])
def test_what_takes_long_is_measured_once(compared, alone):
    there = workload("there", turns="the other one once", has_own_brokers=alone)
    once = workload("once", turns="once", has_own_brokers=alone)
    measured, _ = compared(there, once)
    assert measured["there"]["rate"] == {RABBITMQ: [10.0], LEVERET: [30.0, 30.0]}
    assert measured["once"]["rate"] == {RABBITMQ: [10.0], LEVERET: [30.0]}


def test_what_fails_leaves_the_others_their_figures(compared, capsys):
    def fail(broker, _scale):
        raise PerfError(f"lost on {broker.name}")

    goals = workload("w").goals
    measured, _ = compared(Workload("bad", fail, goals), workload("good"))
    assert list(measured) == ["good"]
    assert "FAILED: lost on Leveret" in capsys.readouterr().out


def test_a_broker_that_does_not_start_costs_only_its_own_row(capsys):
    @contextlib.contextmanager
    def broken():
        raise RuntimeError("no port")
        yield

    alone = workload("w", has_own_brokers=True)
    comparison = compare.Comparison([alone], QUICK, {LEVERET: broken}, Sitting(), print)
    comparison.run_round(1)
    assert "FAILED: no port" in capsys.readouterr().out


def test_workloads_are_chosen_by_name_in_the_order_of_the_page():
    options = compare.arguments(["--only", "recovery,auto_ack_1k", "copying"])
    assert [each.name for each in compare.chosen(options)] == ["auto_ack_1k", "recovery", "copying"]
    assert compare.chosen(compare.arguments([])) == WORKLOADS


def test_an_unknown_workload_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit):
        compare.arguments(["--only", "recovery,nonsense"])
    told = capsys.readouterr().err
    assert "no workload nonsense; there are: start," in told


def test_with_another_commit_only_what_is_in_memory_is_compared():
    options = compare.arguments(["--before", "HEAD"])
    chosen = compare.chosen(options)
    assert "auto_ack_1k" in {each.name for each in chosen}
    assert "recovery" not in {each.name for each in chosen}
    assert chosen[0].goals[0].value == 1.05


def test_a_commit_is_checked_out_beside_this_one():
    with checked_out("HEAD") as source:
        assert (source / "src" / "leveret" / "__init__.py").exists()
    assert not source.exists()


def test_which_brokers_are_started():
    def started(*line):
        with compare.brokers_to_start(compare.arguments(list(line))) as starts:
            return list(starts)

    assert started() == [RABBITMQ, LEVERET]
    assert started("--alone") == [LEVERET]
    assert started("--before", "HEAD") == ["before", LEVERET]


def test_several_sittings_make_one_page(tmp_path, capsys):
    for name, rate in (("a", 1.0), ("b", 2.0)):
        figures = {"delivered_per_s": {LEVERET: [rate], RABBITMQ: [1.0]}}
        measured = {"auto_ack_1k": figures} | ({"confirm_each": figures} if name == "a" else {})
        written = {"versions": {LEVERET: "Leveret"}, "measured": measured}
        (tmp_path / f"{name}.json").write_text(json.dumps(written))
    page = tmp_path / "page.md"
    files = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    assert compare.main(["--from", *files, "--output", str(page)]) == 0
    told = page.read_text()
    assert "| 1 KiB, auto-ack | 2/s (one round)" in told
    assert "| one publisher, each message confirmed singly | 1/s (one round)" in told
    assert told in capsys.readouterr().out
