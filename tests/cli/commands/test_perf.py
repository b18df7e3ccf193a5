import json
import os
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from leveret import running
from leveret.cli.commands.perf import perf
from leveret.perf import plot
from leveret.perf.result import Result, Sample
from leveret.perf.scenarios import backlog, idle_connections, throughput, topic_bindings

SHORT = ["--duration", "0.05", "--warmup", "0"]
SCENARIOS = {
    "throughput": [*SHORT, "--size", "16"],
    "latency": SHORT,
    "connection-churn": SHORT,
    "channel-churn": [*SHORT, "--at-once", "5"],
    "queue-churn": [*SHORT, "--at-once", "5"],
    "bind-churn": [*SHORT, "--at-once", "5"],
    "fan-out": [*SHORT, "--queues", "2"],
    "many-queues": [*SHORT, "--confirm", "99", "--count", "1", "--count", "2"],
    "topic-bindings": [*SHORT, "--confirm", "99", "--count", "1", "--count", "2"],
    "backlog": ["--messages", "10"],
    "beside-backlog": [*SHORT, "--octets", "2000", "--backlog-size", "100", "--persistent"],
    "idle-connections": ["--connections", "2", "--pid", str(os.getpid())],
}


@pytest.fixture(scope="module")
def uri():
    with running(port=0) as broker:
        yield broker.url


@pytest.fixture
def call():
    return lambda *arguments: CliRunner().invoke(perf, arguments)


def test_every_scenario_is_a_command():
    assert set(perf.commands) == set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_runs_and_writes_its_result(call, uri, tmp_path, monkeypatch, name):
    monkeypatch.setattr(idle_connections, "SETTLE_S", 0.0)
    monkeypatch.setattr(topic_bindings, "ROUTING_KEYS", 100)
    out = tmp_path / "out.json"
    told = call(name, "--uri", uri, *SCENARIOS[name], "--json", str(out))
    assert told.exit_code == 0, told.output
    written = json.loads(out.read_text())
    assert written["scenario"] == name.replace("-", " ", 1).replace("fan out", "fan-out")
    assert written["figures"]
    for figure in written["figures"]:
        assert figure in told.output


def test_the_result_can_be_drawn(call, uri, tmp_path):
    told = call("latency", "--uri", uri, *SHORT, "--plot", str(tmp_path / "out.svg"))
    assert told.exit_code == 0, told.output
    assert "<svg" in (tmp_path / "out.svg").read_text()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("throughput", [*SHORT, "--connections", "3", "--confirm", "1", "--persistent"]),
        ("latency", [*SHORT, "--persistent"]),
        ("queue-churn", [*SHORT, "--at-once", "4", "--durable", "--channels", "2"]),
        ("backlog", ["--messages", "50", "--short", "5", "--confirm", "9"]),
    ],
)
def test_what_is_durable_is_measured_by_the_same_commands(call, uri, monkeypatch, name, options):
    monkeypatch.setattr(backlog, "SHORT_DRAINS", 1)
    told = call(name, "--uri", uri, *options)
    assert told.exit_code == 0, told.output


def test_nobody_there_is_one_line_and_exit_code_1(call):
    told = call("throughput", "--uri", "amqp://127.0.0.1:1")
    assert told.exit_code == 1
    assert told.output == "Error: cannot connect to 127.0.0.1:1: Connection refused\n"


def test_what_the_server_refuses_is_one_line_and_exit_code_1(call, uri):
    told = call("throughput", "--uri", uri, *SHORT, "--argument", "x-queue-type=nonsense")
    assert told.exit_code == 1
    assert told.output.startswith("Error: the broker closed channel 1: ")
    assert len(told.output.splitlines()) == 1


def test_a_missing_extra_is_told_before_the_run(call, uri, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    told = call("latency", "--uri", uri, *SHORT, "--plot", str(tmp_path / "out.png"))
    assert told.exit_code == 1
    assert told.output == "Error: --plot needs matplotlib: pip install 'leveret[perf]'\n"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--uri", "http://x"], "must begin with amqp://"),
        (["--producers", "0"], "--producers"),
        (["--check-sequence", "--size", "19"], "at least 20 bytes"),
        (["--connections", "2"], "--connections goes with --confirm"),
        (["--connections", "2", "--confirm", "1", "--rate", "9"], "neither with --rate"),
        (["--plot", "out.gif"], ".png, .svg or .pdf"),
    ],
)
def test_options_that_make_no_sense_are_refused(call, options, reason):
    told = call("throughput", *options)
    assert told.exit_code == 2
    assert reason in told.output


def test_progress_is_a_line_for_each_sample(call, monkeypatch):
    def run(_address, _traffic, progress, **_options):
        progress(Sample(1.0, {"published": 5.0}))
        return Result("throughput", {"published_per_s": 5.0})

    monkeypatch.setattr(throughput, "run", run)
    assert call("throughput").output.splitlines()[0].split() == ["1.0", "s", "published", "5/s"]


@pytest.mark.parametrize("where", ["before anything is measured", "within the run"])
def test_an_interrupt_has_the_shells_exit_code(call, monkeypatch, where):
    def run(*_arguments, **_options):
        if where == "within the run":
            return Result("throughput", {"published_per_s": 5.0}, interrupted=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(throughput, "run", run)
    assert call("throughput").exit_code == 130


def test_a_result_that_cannot_be_written_is_told(call, uri, tmp_path):
    told = call("latency", "--uri", uri, *SHORT, "--json", str(tmp_path / "no" / "out.json"))
    assert told.exit_code == 1
    assert "No such file or directory" in told.output


def test_ctrl_c_ends_a_real_run_with_its_figures(uri):
    command = [sys.executable, "-m", "leveret", "perf", "throughput", "--uri", uri]
    with subprocess.Popen(
        [*command, "--rate", "1000", "--warmup", "0", "--duration", "60"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()  # It is under way.
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "delivered_total" in rest


def test_every_picture_format_has_its_suffix():
    assert plot.SUFFIXES == (".png", ".svg", ".pdf")
