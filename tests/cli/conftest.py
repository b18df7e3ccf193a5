"""Real `leveret` processes, each with a directory and a free port of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

END_S_MAX = 20


@dataclass
class Served:
    """A `leveret serve` that accepts connections; its log is JSON."""

    process: subprocess.Popen
    port: int
    data_dir: Path

    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}/%2F"

    def end(self, signal_number=signal.SIGTERM):
        """Signal it; its exit code and the events it logged on the way."""
        self.process.send_signal(signal_number)
        output, _ = self.process.communicate(timeout=END_S_MAX)
        events = [json.loads(line).get("event") for line in output.splitlines()]
        return self.process.returncode, events


@dataclass
class Leveret:
    """Runs the command line in a home of its own."""

    home: Path
    cleanup: ExitStack

    def command(self, *arguments):
        return [sys.executable, "-W", "error", "-m", "leveret", *map(str, arguments)]

    @property
    def environment(self):
        kept = {name: text for name, text in os.environ.items()
                if not name.startswith(("LEVERET_", "RABBITMQ_"))}  # fmt: skip
        return kept | {"HOME": str(self.home)}

    def run(self, *arguments, **environment):
        """Run to its end: returncode, stdout, stderr."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment | environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=END_S_MAX,
            check=False,
        )

    def serve(self, *flags, **environment):
        """Start a node in the foreground and wait until it says where it listens."""
        data_dir = self.home / "mq"
        told = ("--bind", "127.0.0.1", "--port", "0", "--data-dir", data_dir)
        process = subprocess.Popen(
            self.command("serve", *told, "--log-format", "json", *flags),
            env=self.environment | environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.cleanup.callback(finish, process)
        for line in process.stdout:
            fields = json.loads(line)
            if fields.get("event") == "up":
                return Served(process, fields["port"], data_dir)
        raise AssertionError(f"leveret serve ended with {process.wait()}")


def finish(process):
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.fixture
def leveret(tmp_path) -> Iterator[Leveret]:
    with ExitStack() as cleanup:
        yield Leveret(tmp_path, cleanup)
