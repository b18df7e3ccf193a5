"""`leveret doctor`, as people and scripts run it."""

import json

import pytest


def examine(leveret, *options):
    told = leveret.run("doctor", "--bind", "127.0.0.1", "--data-dir", leveret.home / "mq", *options)
    assert told.stderr == ""
    return told


def findings(told):
    return {each["subject"]: each for each in json.loads(told.stdout)["findings"]}


def test_all_that_a_first_start_needs(leveret):
    told = examine(leveret, "--port", "0", "--format", "json")
    assert told.returncode == 0
    found = findings(told)
    assert found["configuration"]["health"] == "ok"
    assert found["port 0"]["told"] == "leveretctl: whichever is free"
    assert not (leveret.home / "mq").exists()


def test_a_table_for_people(leveret):
    told = examine(leveret, "--port", "0")
    lines = told.stdout.splitlines()
    assert lines[0].endswith(f" in {leveret.home / 'mq'}")
    assert any(line.startswith("ok       configuration") for line in lines)
    assert "\033" not in told.stdout
    assert lines[-1] == "nothing is amiss" or lines[-1].startswith("0 failed, ")


def test_what_fails_comes_with_advice_and_exit_code_1(leveret):
    other = leveret.serve()
    # The other ports follow from this one unless they are said: another test may hold those.
    told = leveret.run(
        "doctor", "--data-dir", leveret.home / "free", "--bind", "127.0.0.1", "--port", other.port,
        "--management-port", "0", "--node-port", "0",
    )  # fmt: skip
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("FAILED"))
    assert f"(process {other.process.pid})" in lines[at]
    assert lines[at + 1].strip() == "-> stop it, or choose another port with --port"
    assert lines[-1].startswith("1 failed, ")


def test_a_node_that_runs_holds_its_own_port(leveret):
    node = leveret.serve()
    found = findings(examine(leveret, "--port", node.port, "--format", "json"))
    held = f"AMQP: held by this node (process {node.process.pid})"
    assert found[f"port {node.port}"]["told"] == held
    assert found["data directory"]["told"].endswith(f"in use by node process {node.process.pid}")


@pytest.mark.parametrize(("strict", "exit_code"), [((), 0), (("--strict",), 1)])
def test_a_warning_fails_only_where_that_is_asked_for(leveret, strict, exit_code):
    (leveret.home / "mq").mkdir(mode=0o755)
    told = examine(leveret, "--port", "0", "--format", "json", *strict)
    assert findings(told)["data directory"]["health"] == "warning"
    assert told.returncode == exit_code


def test_a_configuration_that_cannot_be_read_fails(leveret):
    (leveret.home / "leveret.conf").write_text("nonsense = 1\n")
    told = examine(leveret, "--port", "0", "--config", leveret.home / "leveret.conf")
    assert told.returncode == 1
    assert "FAILED   configuration" in told.stdout
    assert "unknown key 'nonsense'" in told.stdout
