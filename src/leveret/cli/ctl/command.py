"""What a command of leveretctl is: a row of a table in the module of its group.

    COMMANDS = (
        Command(
            "delete_vhost",
            "Deletes a virtual host",
            group=VIRTUAL_HOSTS,
            parameters=("vhost",),
            usage="delete_vhost <vhost>",
            banner=lambda given: f'Deleting vhost "{given.arguments["vhost"]}" ...',
            example="leveretctl delete_vhost staging",
        ),
    )

Without a `run` of its own it asks the node for the verb of its own name, with its parameters and
options as arguments, and prints what comes back in the format that was asked for.
Rule: what the tool says before it asks, and how it prints, is here; what happens is the node's.
msgspec instead of dataclasses: those take longer to import than the node takes to answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from leveret.control import exits
from leveret.control.messages import Arguments, Plain

if TYPE_CHECKING:
    from leveret.cli.ctl.asking import Asking

# rabbitmqctl's headings.
HELP: Final = "Help"
NODES: Final = "Nodes"
CLUSTER: Final = "Cluster"
REPLICATION: Final = "Replication"
USERS: Final = "Users"
ACCESS: Final = "Access Control"
MONITORING: Final = "Monitoring, observability and health checks"
PARAMETERS: Final = "Parameters"
POLICIES: Final = "Policies"
VIRTUAL_HOSTS: Final = "Virtual hosts"
CONFIGURATION: Final = "Configuration and Environment"
DEFINITIONS: Final = "Definitions"
FEATURE_FLAGS: Final = "Feature flags"
OPERATIONS: Final = "Operations"
QUEUES: Final = "Queues"
GROUPS: Final = (
    HELP, NODES, CLUSTER, REPLICATION, USERS, ACCESS, MONITORING, PARAMETERS, POLICIES,
    VIRTUAL_HOSTS, CONFIGURATION, DEFINITIONS, FEATURE_FLAGS, OPERATIONS, QUEUES,
)  # fmt: skip

# What an option takes: nothing, a text, a whole number.
Kind: TypeAlias = type[bool] | type[str] | type[int]


class Given(msgspec.Struct, frozen=True):
    """A command line that was understood."""

    command: "Command"
    line: list[str]
    words: list[str]
    # The command's own options, by their names: `default_queue_type`. Those not given are absent.
    options: dict[str, Plain]
    node: str
    vhost: str | None = None
    timeout_s: float | None = None
    is_quiet: bool = False
    is_silent: bool = False
    formatter: str | None = None
    has_headers: bool = True
    is_dry: bool = False
    # Where the node port is, when the node's name does not say.
    node_port: int | None = None
    data_dir: str | None = None
    cookie_file: str | None = None

    @property
    def arguments(self) -> Arguments:
        """Its parameters, by name, and its options: what the node is asked with."""
        arguments: Arguments = dict(self.options)
        words = list(self.words)
        for parameter in self.command.parameters:
            if parameter.endswith("*"):
                arguments[parameter[:-1]] = list[Plain](words)
            elif words:
                arguments[parameter.rstrip("?")] = words.pop(0)
        if self.command.is_in_vhost:
            arguments["vhost"] = self.vhost or "/"
        if self.command.columns:
            arguments["columns"] = list[Plain](columns_of(self))
        return arguments


Banner: TypeAlias = Callable[[Given], str | None]


def no_banner(_given: Given) -> None:
    """Some commands say nothing before they begin."""


def no_objection(_given: Given) -> None:
    """Most commands take whatever they are given in the right number."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table. Text that people read is RabbitMQ's own, where RabbitMQ has it."""

    name: str
    about: str
    group: str
    usage: str
    example: str
    # "user", "password?" may be left out, "tags*" is all that follows.
    parameters: tuple[str, ...] = ()
    # By the names they travel under: {"default_queue_type": str} is --default-queue-type TYPE.
    options: Mapping[str, Kind] = {}
    # Letters that stand for options: {"e": "if_empty"}.
    letters: Mapping[str, str] = {}
    # The options and parameters that `help` tells of: pairs of what is written and what it means.
    details: tuple[tuple[str, str], ...] = ()
    # Whether -p says which virtual host is meant: arguments["vhost"], "/" by default.
    is_in_vhost: bool = False
    # A listing: the columns there are, those that are shown unless others are named.
    columns: tuple[str, ...] = ()
    usual_columns: tuple[str, ...] = ()
    # How a column's value looks in a table, where it is not how values usually look.
    shapes: Mapping[str, Callable[[Plain], str]] = {}
    # Whether it prints an empty line for no rows, and `[]`: some of RabbitMQ's do.
    is_list: bool = False
    timeout_s: float | None = None
    banner: Banner = no_banner
    # Raises ArgumentsRefused.
    check: Callable[[Given], None] = no_objection
    run: "Callable[[Given, Asking], None] | None" = None
    # A value that is no listing: as lines for people, and as what --formatter json prints.
    show: Callable[[Plain, Given], str | Iterable[str]] | None = None
    as_json: Callable[[Plain, Given], Plain] | None = None


class ArgumentsRefused(Exception):
    """What was written is no use to the command; the message is what rabbitmqctl says then:
    `Bad argument: user cannot be an empty string`."""

    def __init__(self, text: str, exit_code: int = exits.USAGE) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def columns_of(given: Given) -> list[str]:
    """The columns asked for: rabbitmqctl takes `a b`, `a,b` and `a, b`."""
    words = [each for word in given.words for each in word.replace(",", " ").split()]
    return list(dict.fromkeys(words)) or list(given.command.usual_columns)
