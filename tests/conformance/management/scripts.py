"""rabbitmqadmin run within this process: a Python of its own for each command would take a minute.

Both scripts are run from their text as `python rabbitmqadmin WORDS` runs them.
"""

import contextlib
import io
import signal
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Script:
    """rabbitmqadmin, as some node serves it."""

    name: str
    code: CodeType

    @classmethod
    def fetched(cls, managed):
        reply = managed.ask("GET", "/cli/rabbitmqadmin", user=None)
        assert reply.status == 200
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cls(managed.name, compile(reply.content, "rabbitmqadmin", "exec"))

    def run(self, managed, words: Sequence[str], stdin: bytes = b"") -> Outcome:
        """The command line against a broker."""
        out, err = io.StringIO(), io.StringIO()
        line = ["rabbitmqadmin", "--port", str(managed.management_port), *words]
        with (
            self._standing_in(line, stdin),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = self._end()
        return Outcome(code, out.getvalue(), err.getvalue().strip())

    def _end(self) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(self.code, {"__name__": "__main__", "__file__": "rabbitmqadmin"})
            except SystemExit as ended:
                return ended.code or 0
            except Exception as error:  # as a traceback and exit code 1
                sys.stderr.write(f"Traceback: {error!r}\n")
                return 1
        return 0

    @contextlib.contextmanager
    def _standing_in(self, line, stdin):
        kept = sys.argv, sys.stdin
        # RabbitMQ's script lets a broken pipe end its process, which is ours here.
        broken_pipe = signal.getsignal(signal.SIGPIPE)
        sys.argv, sys.stdin = line, io.TextIOWrapper(io.BytesIO(stdin))
        try:
            yield
        finally:
            sys.argv, sys.stdin = kept
            signal.signal(signal.SIGPIPE, broken_pipe)
