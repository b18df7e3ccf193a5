import os
import subprocess
import sys

import pytest

from leveret.perf.connection import PerfError
from leveret.perf.memory import resident_bytes


def test_this_process_has_memory():
    assert resident_bytes(os.getpid()) > 1_000_000


def test_a_process_that_is_gone_has_none():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(PerfError, match=f"no process {ended.pid}"):
        resident_bytes(ended.pid)
