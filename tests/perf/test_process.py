import os
import subprocess
import sys

import pytest

from leveret.perf.errors import PerfError
from leveret.perf.process import busy_s, resident_bytes


def test_this_process_has_memory():
    assert resident_bytes(os.getpid()) > 1_000_000


def test_a_process_that_is_gone_has_none():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(PerfError, match=f"no process {ended.pid}"):
        resident_bytes(ended.pid)


def test_processor_time_only_grows():
    before = busy_s(os.getpid())
    assert busy_s(os.getpid()) >= before > 0


def test_a_process_that_is_gone_has_no_processor_time():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(PerfError, match=f"no process {ended.pid}"):
        busy_s(ended.pid)
