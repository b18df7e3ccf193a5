"""leveretctl's commands on what a node may use."""

import pytest

from leveret.control import exits


def test_memory(node, ctl):
    told = ctl("set_vm_memory_high_watermark", "0.5").out
    assert told == "Setting memory threshold on leveret@localhost to 0.5 ...\n"
    assert node.application.monitor.settings.memory_share == 0.5
    told = ctl("set_vm_memory_high_watermark", "absolute", "1GB").out
    assert told == "Setting memory threshold on leveret@localhost to 1GB bytes ...\n"
    assert node.application.monitor.settings.memory_bytes == 10**9


def test_disk(node, ctl):
    told = ctl("set_disk_free_limit", "1GB").out
    assert told == "Setting disk free limit on leveret@localhost to 1GB bytes ...\n"
    assert node.application.monitor.settings.disk_free_bytes == 10**9
    told = ctl("set_disk_free_limit", "mem_relative", "1.5").out
    assert told == "Setting disk free limit on leveret@localhost to 1.5 times the total RAM ...\n"
    assert node.application.monitor.settings.disk_free_share == 1.5


@pytest.mark.parametrize(
    ("line", "exit_code", "text"),
    [
        ("set_vm_memory_high_watermark 1.5", exits.DATA, "a fraction between 0.0 and 1.0"),
        ("set_vm_memory_high_watermark x", exits.DATA, "Bad argument."),
        ("set_vm_memory_high_watermark absolute x", exits.DATA, "Bad argument."),
        ("set_vm_memory_high_watermark absolute", exits.USAGE, "not enough arguments."),
        ("set_vm_memory_high_watermark 0.5 x", exits.USAGE, "too many arguments."),
        ("set_disk_free_limit 1.5", exits.DATA, "Bad argument."),
        ("set_disk_free_limit mem_relative -1", exits.DATA, "Bad argument."),
        ("set_disk_free_limit mem_relative", exits.USAGE, "not enough arguments."),
    ],
)
def test_what_is_no_limit(ctl, line, exit_code, text):
    refused = ctl(*line.split())
    assert refused.code == exit_code
    assert text in refused.err.splitlines()[0]


@pytest.mark.usefixtures("node")
def test_the_others_say_what_they_do(ctl):
    assert ctl("set_log_level", "loud").code == exits.UNAVAILABLE
    told = ctl("deactivate_free_disk_space_monitoring").out
    assert told == "Deactivating free disk space monitoring on node leveret@localhost...\n"
    told = ctl("activate_free_disk_space_monitoring").out
    assert told == "Activating free disk space monitoring on node leveret@localhost...\n"
    assert ctl("force_gc").out.startswith("Will ask all processes on node leveret@localhost")
