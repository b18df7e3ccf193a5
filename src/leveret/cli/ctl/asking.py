"""A question to the node: found, connected to, asked; and what comes back.

Rule: the command's first line ("Adding user ...") is printed when the node has begun, so neither
for a node that is not reached nor for one that cannot do it now.
"""

import os
import sys
from collections.abc import Iterator
from typing import TextIO

from leveret.cli.ctl import finding
from leveret.cli.ctl.command import Given
from leveret.control.client import Link, connect
from leveret.control.cookie import find_cookie
from leveret.control.messages import (
    Answer,
    Arguments,
    Batch,
    Begun,
    Columns,
    Done,
    Plain,
    Refused,
    Told,
)

MACHINE_READABLE = {"json", "json_stream", "csv"}


class NodeRefused(Exception):
    """The node would not; why, in rabbitmqctl's words."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.text)
        self.refused = refused


class Asking:
    """What a command asks with; it connects when it is first asked."""

    def __init__(self, given: Given, out: TextIO | None = None) -> None:
        self.given = given
        self.out = out or sys.stdout
        self._place: finding.Place | None = None
        self._link: Link | None = None
        self._is_announced = False

    @property
    def node(self) -> str:
        """The node's name: as it says itself, where its files are on this machine."""
        return self.place.node

    @property
    def place(self) -> finding.Place:
        """Raises Unreachable."""
        if self._place is None:
            self._place = finding.place_of(self.given, os.environ)
        return self._place

    @property
    def link(self) -> Link:
        """Raises Unreachable, WrongCookie, CookieRefused."""
        if self._link is None:
            cookie = find_cookie(os.environ, self.given.cookie_file)
            self._link = connect((self.place.host, self.place.port), cookie)
        return self._link

    def close(self) -> None:
        if self._link is not None:
            self._link.__exit__(None, None, None)
            self._link = None

    def forget(self) -> None:
        """Find and connect anew when asked the next time."""
        self.close()
        self._place = None

    def announce(self) -> None:
        """Print the command's first line, once, where people read."""
        given = self.given
        is_wanted = not (given.is_quiet or given.is_silent or given.formatter in MACHINE_READABLE)
        banner = given.command.banner(given) if is_wanted and not self._is_announced else None
        self._is_announced = True
        if banner is not None:
            print(banner, file=self.out, flush=True)

    def answers(self, verb: str, arguments: Arguments) -> Iterator[Answer]:
        """What the node says after it has begun. Raises NodeRefused, and what `link` does."""
        for answer in self.link.ask(verb, arguments, self.given.timeout_s):
            if isinstance(answer, Refused):
                raise NodeRefused(answer)
            if isinstance(answer, Begun):
                self.announce()
            else:
                if isinstance(answer, Done) and answer.absent:
                    names = ", ".join(answer.absent)
                    print(f"Warning: no answer from {names}", file=sys.stderr)
                yield answer

    def value(self, verb: str, arguments: Arguments | None = None) -> Plain:
        """What came of a verb that is no listing."""
        for answer in self.answers(verb, arguments or {}):
            if isinstance(answer, Done):
                return answer.value
        raise AssertionError("the link ended without the last word")

    def listing(self, verb: str, arguments: Arguments) -> tuple[list[str], Iterator[list[Plain]]]:
        """The columns of a listing, and its rows as they come."""
        answers = self.answers(verb, arguments)
        first = next(answers)
        assert isinstance(first, Columns), f"{verb} is no listing"
        return first.names, _rows(answers)

    def feed(self, verb: str, arguments: Arguments) -> Iterator[Plain]:
        """What happens, as long as the node tells it."""
        for answer in self.answers(verb, arguments):
            if isinstance(answer, Told):
                yield answer.value


def _rows(answers: Iterator[Answer]) -> Iterator[list[Plain]]:
    for answer in answers:
        if isinstance(answer, Batch):
            yield from answer.rows
