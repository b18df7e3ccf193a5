"""A broker process on one data directory and one port, that is killed and comes back."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from bench.processes import free_node_port

END_S_MAX = 30


class Node:
    """`leveret serve`. port: the same in every life, so that clients find it again."""

    def __init__(self, data_dir: Path, *flags: str) -> None:
        self.port = free_node_port()
        self.data_dir = data_dir
        self._flags = flags
        self._process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Return once it accepts connections."""
        told = ("--bind", "127.0.0.1", "--port", str(self.port), "--data-dir", str(self.data_dir))
        kept = {name: text for name, text in os.environ.items()
                if not name.startswith(("LEVERET_", "RABBITMQ_"))}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "leveret", "serve", *told, "--log-format", "json", *self._flags],
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            if json.loads(line).get("event") == "up":
                return
        raise AssertionError(f"leveret serve ended with {self._process.wait()}: {lines}")

    def limit_files(self, octets: int) -> None:
        """Let it write no further than that in any file, as a full disk would."""
        limits = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (octets, limits[1]))

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, signal_number: int) -> int:
        process, self._process = self._process, None
        process.send_signal(signal_number)
        process.communicate(timeout=END_S_MAX)
        return process.returncode

    def __enter__(self) -> "Node":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.kill()
