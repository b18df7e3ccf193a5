"""A status for people, in the unit they like."""

import json

import pytest

from leveret.cli.ctl import status
from leveret.control import exits

pytestmark = pytest.mark.usefixtures("node")


@pytest.mark.parametrize(
    ("octets", "unit", "told"),
    [
        (35_215_862, "bytes", "35215862 bytes"),
        (35_215_862, "mb", "35.2159 mb"),
        (35_215_862, "gb", "0.0352 gb"),
        (0, "gb", "0.0 gb"),
    ],
)
def test_units(octets, unit, told):
    assert status.in_unit(octets, unit) == told


def test_a_status(ctl):
    outcome = ctl("status", "--unit", "mb")
    assert outcome.out.startswith(
        "Status of node leveret@localhost ...\n\x1b[1mRuntime\x1b[0m\n\nOS PID: "
    )
    assert (
        "\n\n\x1b[1mAlarms\x1b[0m\n\n(none)\n\n\x1b[1mMemory\x1b[0m\n\nTotal memory" in outcome.out
    )
    assert " mb (100.0 %)\n" in outcome.out
    assert "\nConnection count: 0\nQueue count: 0\nVirtual host count: 1\n" in outcome.out
    assert json.loads(ctl("status", "--formatter", "json").out)["product_name"] == "Leveret"


def test_a_unit_there_is_not(ctl):
    outcome = ctl("memory_breakdown", "--unit", "kb")
    assert outcome.code == exits.USAGE
    assert "\"unit 'kb' is not supported. Please use one of: bytes, mb, gb\"" in outcome.err


def test_a_breakdown_begins_with_the_most(ctl):
    lines = ctl("memory_breakdown", "-q").out.splitlines()
    assert lines[0].startswith("other_system: ")
    assert lines[0].endswith("(100.0%)")
    assert lines[-1] == ""
    told = json.loads(ctl("memory_breakdown", "--formatter", "json").out)
    assert told["other_system"]["percentage"] == 100.0


def test_settings_variables_and_words(ctl, monkeypatch):
    monkeypatch.setenv("LEVERET_LOG_LEVEL", "debug")
    assert "\ndefault_pass = ********\ndefault_" in ctl("environment").out
    assert "\nauth_mechanisms = AMQPLAIN, PLAIN\n" in ctl("environment").out
    assert json.loads(ctl("environment", "--formatter", "json").out)["port"] == 0
    assert "LEVERET_LOG_LEVEL=debug\n" in ctl("os_env").out
    told = json.loads(ctl("os_env", "--formatter", "json").out)
    assert told["variables"]["LEVERET_LOG_LEVEL"] == "debug"
    assert ctl("command_line_arguments").code == exits.OK


def test_the_version_of_the_node(ctl):
    from leveret.version import VERSION

    assert ctl("server_version", "-q").out == f"{VERSION}\n"
    assert json.loads(ctl("server_version", "--formatter", "json").out) == {
        "result": "ok",
        "value": VERSION,
    }


def test_values_as_a_file_would_have_them():
    told = {"a": None, "b": True, "c": ["x", 1]}
    assert list(status.show_environment(told, None)) == ["a = ", "b = true", "c = x, 1"]


def test_an_absolute_watermark():
    told = {
        "memory": {"total": {"rss": 10}, "strategy": "rss", "binary": 10},
        "vm_memory_high_watermark_limit": 20,
        "vm_memory_high_watermark_setting": {"absolute": 20},
    }
    lines = status._memory(told, "bytes")
    assert lines[2] == "Memory high watermark setting: absolute, computed to: 20 bytes"
