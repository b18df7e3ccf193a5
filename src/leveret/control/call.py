"""What a verb is called with and what it gives back.

    def list_vhosts(call: Call) -> Reply:
        columns = call.words("columns")
        return Rows(columns, ([...] for vhost in list(call.broker.vhosts.values())))

    def add_vhost(call: Call) -> Reply:
        call.broker.add_vhost(call.text("vhost"))

A verb returns nothing when it has done what was asked, a value, Rows, or a Feed; an `async` one may
wait. It refuses with a `Refused` of the broker, or with VerbRefused when the words or the exit code
are leveretctl's own. Rule: rows are rendered in slices, so what they are made of is a list by then,
not a table of the broker that may change meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.control import exits
from leveret.control.messages import APP_RUNNING, APP_STOPPED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterable, Sequence

    from leveret.broker.broker import Broker
    from leveret.control.host import Host, Running
    from leveret.control.messages import Arguments, Plain


# Who did it, as RabbitMQ's events name its command line.
ACTOR: Final = "rmq-cli"


@dataclass(frozen=True, slots=True)
class Rows:
    """A listing: sent as it is rendered. absent: nodes that should have told of theirs."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Plain]]
    absent: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What happens from now on, until the tool goes away or it ends by itself."""

    values: AsyncIterator[Plain]


Reply: TypeAlias = "Rows | Feed | Plain"
Verb: TypeAlias = "Callable[[Call], Reply | Awaitable[Reply]]"


class VerbRefused(Exception):
    """It cannot be done; the text is what leveretctl prints, the code what it ends with."""

    def __init__(self, exit_code: int, text: str, needs: str = "") -> None:
        super().__init__(text)
        self.exit_code = exit_code
        self.text = text
        self.needs = needs


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who serves it, and its arguments, which a tool has checked or has not.

    verb: its name. others: the nodes that tell of themselves within the same answer; EVERYBODY
    where another node has asked.
    """

    host: Host
    arguments: Arguments
    verb: str = ""
    others: Container[str] = frozenset()

    @property
    def broker(self) -> Broker:
        """What the node serves. Raises VerbRefused while the application is stopped."""
        return self.application.broker

    @property
    def application(self) -> Running:
        """All that serves it. Raises VerbRefused while it is stopped."""
        if self.host.application is None:
            raise app_stopped()
        return self.host.application

    def text(self, name: str, default: str | None = None) -> str:
        value = self.arguments.get(name, default)
        if not isinstance(value, str):
            raise _wrong(name, "text")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self.arguments.get(name) is None else self.text(name)

    def number(self, name: str, default: float | None = None) -> float:
        value = self.arguments.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _wrong(name, "a number")
        return value

    def flag(self, name: str) -> bool:
        value = self.arguments.get(name, False)
        if not isinstance(value, bool):
            raise _wrong(name, "true or false")
        return value

    def words(self, name: str) -> list[str]:
        """A list of texts; empty if there is none."""
        value = self.arguments.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong(name, "a list of texts")
        return [str(each) for each in value]


def app_stopped() -> VerbRefused:
    text = "this command requires the 'leveret' app to be running on the target node."
    return VerbRefused(exits.USAGE, text, APP_STOPPED)


def app_running() -> VerbRefused:
    text = "this command requires the 'leveret' app to be stopped on the target node."
    return VerbRefused(exits.USAGE, text, APP_RUNNING)


def _wrong(name: str, wanted: str) -> VerbRefused:
    return VerbRefused(exits.SOFTWARE, f"{name} has to be {wanted}")
