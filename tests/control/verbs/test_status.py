"""What a node is and has, and no secret of it."""

import dataclasses
import json
import sys

import msgspec
import pytest

from leveret.config.tls_settings import TlsSettings
from leveret.config.watch_settings import WatchSettings
from leveret.control.call import Call
from leveret.control.verbs import status
from tests.control.served import ALONE, OneBroker, served


@pytest.fixture
def call(tmp_path):
    (tmp_path / "leveret.conf").write_text("")
    with served(data_dir=tmp_path) as node:
        yield Call(node.node, {})


def test_a_status_is_json_and_true(call, tmp_path):
    told = json.loads(msgspec.json.encode(status.status(call)))
    assert told["totals"] == {"connection_count": 0, "queue_count": 0, "virtual_host_count": 1}
    assert told["data_directory"] == str(tmp_path)
    assert told["config_files"] == [str(tmp_path / "leveret.conf")]
    assert told["uptime"] in range(10)
    assert told["disk_free"] > told["disk_free_limit"] == 50_000_000
    assert told["file_descriptors"]["total_limit"] >= told["file_descriptors"]["total_used"] > 0
    assert {each["protocol"] for each in told["listeners"]} == {"amqp", "clustering"}
    assert told["vm_memory_high_watermark_setting"] == {"relative": 0.4}


def test_the_watermark_as_it_was_set():
    for watches, told in (
        (WatchSettings(memory_share=0.5), {"relative": 0.5}),
        (WatchSettings(memory_bytes=1000), {"absolute": 1000}),
    ):
        assert status._watermark(dataclasses.replace(ALONE, watches=watches)) == told


def test_the_memory_adds_up(call):
    breakdown = status.memory(call)
    assert breakdown["other_system"] > 0
    told = status.status(call)["memory"]
    assert told["total"]["rss"] == sum(
        octets for name, octets in told.items() if name not in {"total", "strategy"}
    )


def test_the_environment_has_every_setting_and_no_secret():
    host = OneBroker()
    host.settings = dataclasses.replace(
        ALONE, default_pass="geheim", tls=TlsSettings(password="geheim")
    )
    told = status.environment(Call(host, {}))
    assert told["default_user"] == "guest"
    assert told["default_pass"] == told["tls_password"] == status.HIDDEN
    assert told["loopback_users"] == ["guest"]
    assert "geheim" not in json.dumps(told)


def test_variables_that_speak_to_a_node(monkeypatch):
    monkeypatch.setenv("LEVERET_NODE", "n@h")
    monkeypatch.setenv("RABBITMQ_DEFAULT_PASS", "geheim")
    monkeypatch.setenv("OTHER", "x")
    told = status.os_env(Call(OneBroker(), {}))
    assert told["LEVERET_NODE"] == "n@h"
    assert told["RABBITMQ_DEFAULT_PASS"] == told["LEVERET_COOKIE"] == status.HIDDEN
    assert "OTHER" not in told


def test_the_command_line_has_no_password(monkeypatch):
    words = ["leveret", "serve", "--default-pass", "geheim", "--default-pass=geheim", "--port", "1"]
    monkeypatch.setattr(sys, "orig_argv", words)
    hidden = status.HIDDEN
    assert status.command_line_arguments(Call(OneBroker(), {})) == [
        "leveret", "serve", "--default-pass", hidden, f"--default-pass={hidden}", "--port", "1",
    ]  # fmt: skip
    assert words[3] == "geheim", "it is a copy"
