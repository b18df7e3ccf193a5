"""An example running as a process: what it has printed, and waiting for what it will print."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

PRINTS_S_MAX = 30.0  # Generous: a busy machine starts Celery in ten seconds.


class Program:
    """One python process whose output is gathered line by line."""

    def __init__(self, script: Path, arguments: tuple[str, ...], url: str) -> None:
        self.lines: list[str] = []
        self.changed = threading.Condition()
        command = [sys.executable, script.name, *arguments]
        if script.is_dir():
            command, script = [sys.executable, *arguments], script / "-"
        self.process = subprocess.Popen(
            command,
            cwd=script.parent,
            env={**os.environ, "LEVERET_URL": url, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)

    def __enter__(self) -> Self:
        self.reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def read(self) -> None:
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def wait_line(self, text: str) -> str:
        """The first line that holds the text, once it is there."""
        return self.wait_lines(text, 1)[0]

    def wait_lines(self, text: str, count: int) -> list[str]:
        """The lines that hold the text, once there are so many of them."""

        def found() -> list[str]:
            return [line for line in self.lines if text in line]

        with self.changed:
            seen = self.changed.wait_for(lambda: len(found()) >= count, PRINTS_S_MAX)
        assert seen, f"not {count} times {text!r} in {self.lines}"
        return found()

    def wait_end(self) -> list[str]:
        """All it printed, once it has ended without an error."""
        code = self.process.wait(PRINTS_S_MAX)
        self.reader.join()
        assert code == 0, f"exit code {code} after {self.lines}"
        return self.lines

    def kill(self) -> None:
        """End it as a crash would: no farewell to the broker."""
        self.process.kill()
        self.process.wait()
        if self.reader.is_alive():
            self.reader.join()
        self.process.stdout.close()
