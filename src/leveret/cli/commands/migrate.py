"""`leveret migrate`: a broker's definitions and messages to another broker."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, NoReturn, TypedDict, Unpack

import click

from leveret.cli.printing import counted, printable
from leveret.dial.address import BadAddressError, parse_uri
from leveret.dial.connection import DialError
from leveret.management.client import ApiRefused, ApiUnreachable, Client
from leveret.migrate.journey import Journey, Place

if TYPE_CHECKING:
    from leveret.migrate.journey import Moved
    from leveret.migrate.survey import Left, Load

EXIT_FAILED: Final = 1
# A broker with many queues takes its time over their definitions.
API_S_MAX: Final = 300.0
# Between two words on a queue that takes long.
WORD_S: Final = 2.0


class Wish(TypedDict):
    """What of it is wanted, and how it is told."""

    vhosts: tuple[str, ...]
    pattern: str
    only: str | None
    dry_run: bool
    is_json: bool


@click.command
@click.option("--from", "source", required=True, metavar="URI", help="AMQP of the source")
@click.option("--management", required=True, metavar="URL", help="management API of the source")
@click.option(
    "--to", "target", default="amqp://guest:guest@localhost:5672", metavar="URI",
    show_default=True, help="AMQP of the target",
)  # fmt: skip
@click.option(
    "--to-management", default="http://guest:guest@localhost:15672", metavar="URL",
    show_default=True, help="management API of the target",
)  # fmt: skip
@click.option("--vhost", "vhosts", multiple=True, help="only this vhost; may be given often")
@click.option("--queue", "pattern", default="", metavar="REGEX", help="only messages of these")
@click.option("--only", type=click.Choice(["definitions", "messages"]), help="one of the two")
@click.option("--dry-run", is_flag=True, help="say what there is to move, and do nothing")
@click.option("--json", "is_json", is_flag=True, help="the report as JSON")
def migrate(
    source: str, management: str, target: str, to_management: str, **wish: Unpack[Wish]
) -> None:
    """Copy definitions and move messages from one broker to another.

    Source and target are RabbitMQ or Leveret, either way round. A message leaves the source once
    the target has confirmed it. Cut off, the same command goes on where it was; the messages that
    were under way then (500 of a queue at most) may arrive twice.

    \b
    Example:
      leveret migrate --from amqp://admin:secret@old:5672 --management http://admin:secret@old:15672
    """
    watcher = Words(is_silent=wish["is_json"])
    try:
        journey = Journey(_place(source, management), _place(target, to_management), watcher)
        _travel(journey, watcher, wish)
    except (ApiRefused, ApiUnreachable, BadAddressError, DialError, ValueError) as error:
        _fail(str(error))


def _place(amqp: str, api: str) -> Place:
    return Place(Client(api, timeout_s=API_S_MAX), parse_uri(amqp))


def _travel(journey: Journey, watcher: Words, wish: Wish) -> None:
    _refuse_pattern(wish["pattern"])
    if wish["only"] != "messages" and not wish["dry_run"]:
        journey.copy_definitions(wish["vhosts"])
        watcher.say("definitions: copied")
    if wish["only"] == "definitions":
        return
    found, left = journey.plan(wish["vhosts"], wish["pattern"])
    for each in left:
        watcher.leaves(each)
    if wish["dry_run"]:
        watcher.would_move(found)
        return
    moved = [journey.move(load) for load in found]
    _report(moved, left, watcher, is_json=wish["is_json"])


def _report(moved: list[Moved], left: list[Left], watcher: Words, *, is_json: bool) -> None:
    failed = [each for each in moved if not each.is_sound]
    if is_json:
        print(json.dumps({"queues": [asdict(each) for each in moved], "left": _dicts(left)}))
    total = sum(each.moved for each in moved)
    watcher.say(f"{counted(total, 'message')} of {counted(len(moved), 'queue')} moved")
    if failed:
        _fail(f"{counted(len(failed), 'queue')} did not arrive whole: see above")


def _dicts(left: list[Left]) -> list[dict[str, str]]:
    return [asdict(each) for each in left]


def _refuse_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"--queue {pattern!r} is no regular expression: {error}") from None


class Words:
    """Tells a person how it goes, a line for a queue and one more now and then."""

    def __init__(self, *, is_silent: bool) -> None:
        self._is_silent = is_silent
        self._name = ""
        self._count = self._messages = 0
        self._began = self._said = 0.0

    def say(self, text: str) -> None:
        if not self._is_silent:
            print(text, flush=True)

    def begins(self, load: Load) -> None:
        self._name = _name(load)
        self._count, self._messages = 0, load.messages - load.skipped
        self._began = self._said = time.monotonic()

    def moves(self, count: int) -> None:
        self._count += count
        now = time.monotonic()
        if now - self._said > WORD_S:
            self._said = now
            pace = self._count / (now - self._began)
            self.say(f"{self._name}: {self._count:,} of {self._messages:,}, {pace:,.0f} a second")

    def ends(self, moved: Moved) -> None:
        if moved.failure:
            self.say(f"{self._name}: {moved.moved:,} moved, then: {moved.failure}")
        elif not moved.is_sound:
            self.say(
                f"{self._name}: {moved.moved:,} moved and confirmed, but the target's queue has "
                f"{moved.arrived:,} more than before: does somebody consume there, or a policy "
                "drop or expire them?"
            )
        else:
            self.say(f"{self._name}: {moved.moved:,} moved")

    def leaves(self, left: Left) -> None:
        self.say(f"{printable(left.vhost)} {printable(left.queue)} left alone: {left.reason}")

    def would_move(self, found: list[Load]) -> None:
        for load in found:
            self.say(f"{_name(load)}: {load.messages - load.skipped:,} to move")


def _name(load: Load) -> str:
    return f"{printable(load.vhost)} {printable(load.queue)}"


def _fail(reason: str) -> NoReturn:
    print(f"leveret migrate: {reason}", file=sys.stderr)
    sys.exit(EXIT_FAILED)
