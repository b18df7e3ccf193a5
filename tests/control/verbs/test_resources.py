"""What a node may use is changed while it runs."""

import logging

import pytest

from leveret.control import exits


def test_memory(node):
    node.ask("set_vm_memory_high_watermark", fraction="0.25")
    settings = node.monitor.settings
    assert (settings.memory_share, settings.memory_bytes) == (0.25, None)
    node.ask("set_vm_memory_high_watermark", absolute="1GB")
    settings = node.monitor.settings
    assert (settings.memory_share, settings.memory_bytes) == (None, 1_000_000_000)
    assert node.refusal("set_vm_memory_high_watermark", fraction="1.5")[0] == exits.DATA
    assert node.refusal("set_vm_memory_high_watermark", absolute="much")[0] == exits.DATA


def test_disk(node):
    node.ask("set_disk_free_limit", limit="3MiB")
    settings = node.monitor.settings
    assert (settings.disk_free_share, settings.disk_free_bytes) == (None, 3 * 1024**2)
    node.ask("set_disk_free_limit", mem_relative="1.5")
    settings = node.monitor.settings
    assert (settings.disk_free_share, settings.disk_free_bytes) == (1.5, None)
    assert node.refusal("set_disk_free_limit", limit="1.5")[0] == exits.DATA


def test_whether_the_disk_is_watched(node):
    node.ask("deactivate_free_disk_space_monitoring")
    assert not node.monitor.is_disk_watched
    node.ask("activate_free_disk_space_monitoring")
    assert node.monitor.is_disk_watched


@pytest.fixture
def handler():
    root = logging.getLogger()
    handler, level = logging.NullHandler(), root.level
    root.addHandler(handler)
    levels = [(each, each.level) for each in root.handlers]
    yield handler
    for each, before in levels:
        each.setLevel(before)
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_log_says_more_or_less(node, handler):
    node.ask("set_log_level", log_level="debug")
    assert handler.level == logging.getLogger().level == logging.DEBUG
    node.ask("set_log_level", log_level="error")
    assert handler.level == logging.ERROR
    code, text = node.refusal("set_log_level", log_level="loud")
    assert code == exits.UNAVAILABLE
    assert "level loud is not supported. Try one of debug, info" in text


def test_rubbish_goes(node):
    assert node.ask("force_gc") is None
