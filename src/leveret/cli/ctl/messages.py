"""The messages of a queue: looked at without taking them; chosen ones moved, replayed, deleted.

RabbitMQ has no such commands. What becomes of chosen messages is told in the same way by all.
"""

from collections.abc import Callable, Iterator

from leveret.cli.ctl.command import QUEUES, ArgumentsRefused, Command, Given
from leveret.control.messages import Plain

CHOOSING = "[--positions <position>,... | --all] [--vhost <vhost>]"
OPTIONS: dict[str, type[bool] | type[str] | type[int]] = {"positions": str, "all": bool}
WHICH = (
    ("--positions <position>,...", "the messages, by their positions as peek shows them"),
    ("--all", "every message that waits in the queue now"),
)
QUEUE = ("<queue>", "Name of the queue")

LOOKING: dict[str, type[bool] | type[str] | type[int]] = {
    "from": str,
    "count": int,
    "search": str,
    "search_in": str,
    "truncate": int,
    "base64": bool,
}
HOW = (
    ("--count <count>", "how many to show, 10 unless it is said, 500 at most"),
    ("--search <text>", "only messages with this text in them"),
    ("--search-in <parts>", "where it may be: some of body,properties,address"),
    ("--truncate <octets>", "show so much of each payload"),
    ("--base64", "payloads in base64, also those that are text"),
)


def check_choice(given: Given) -> None:
    if ("positions" in given.options) is bool(given.options.get("all")):
        raise ArgumentsRefused("say which messages: --positions 17,18 or --all")


def in_words(verb: str) -> Callable[[Plain, Given], Iterator[str]]:
    """verb: what was done to them."""

    def show(value: Plain, _given: Given) -> Iterator[str]:
        assert isinstance(value, dict)
        yield f"{value['moved']} messages {verb}"
        if value["missing"]:
            yield f"{value['missing']} did not wait in the queue any more"
        reasons = value["reasons"]
        assert isinstance(reasons, dict)
        for reason, count in reasons.items():
            yield f"{count} left where they were: {reason}"

    return show


def banner(what: str) -> Callable[[Given], str]:
    def told(given: Given) -> str:
        words = dict(zip(given.command.parameters, given.words, strict=False))
        return f"{what.format(**words)} in vhost '{given.vhost or '/'}' ..."

    return told


COMMANDS = (
    Command(
        name="peek",
        about="Shows messages of a queue or stream without taking them",
        group=QUEUES,
        usage="peek <queue> [--from <place>] [--count <count>] [--search <text>] "
        "[--search-in <parts>] [--unacknowledged] [--truncate <octets>] [--base64] "
        "[--vhost <vhost>]",
        example="leveretctl peek jobs --search order-17 --formatter json",
        parameters=("queue",),
        options={**LOOKING, "unacknowledged": bool},
        details=(
            QUEUE,
            (
                "--from <place>",
                "where to begin: 0 is what comes next; of a stream an offset, first, last or 1h",
            ),
            ("--unacknowledged", "what is out for acknowledgement, and who holds it"),
            *HOW,
        ),
        is_in_vhost=True,
        is_list=True,
        banner=banner("Looking at messages of queue '{queue}'"),
    ),
    Command(
        name="peek_delayed",
        about="Shows what a delayed exchange holds back on a node, the earliest first",
        group=QUEUES,
        usage="peek_delayed <exchange> [--from <place>] [--count <count>] [--search <text>] "
        "[--search-in <parts>] [--truncate <octets>] [--base64] [--vhost <vhost>]",
        example="leveretctl peek_delayed later --count 3",
        parameters=("exchange",),
        options=LOOKING,
        details=(
            ("<exchange>", "Name of the exchange, of type x-delayed-message"),
            ("--from <place>", "where to begin: 0 is what is due first"),
            *HOW,
        ),
        is_in_vhost=True,
        is_list=True,
        banner=banner("Looking at messages of exchange '{exchange}'"),
    ),
    Command(
        name="move_messages",
        about="Moves chosen messages to another queue, or to the end of their own",
        group=QUEUES,
        usage=f"move_messages <queue> <target> {CHOOSING}",
        example="leveretctl move_messages jobs parked --positions 17,18",
        parameters=("queue", "target"),
        options=OPTIONS,
        details=(QUEUE, ("<target>", "Name of the queue they go to"), *WHICH),
        is_in_vhost=True,
        check=check_choice,
        banner=banner("Moving messages of queue '{queue}' to queue '{target}'"),
        show=in_words("moved"),
    ),
    Command(
        name="republish_messages",
        about="Publishes chosen messages again, to an exchange, and takes them from their queue",
        group=QUEUES,
        usage=f"republish_messages <queue> <exchange> [--routing-key <key>] {CHOOSING}",
        example="leveretctl republish_messages jobs amq.topic --routing-key retry --all",
        parameters=("queue", "exchange"),
        options={**OPTIONS, "routing_key": str},
        details=(
            QUEUE,
            ("<exchange>", "Name of the exchange"),
            ("--routing-key <key>", "their routing key; each keeps its own without it"),
            *WHICH,
        ),
        is_in_vhost=True,
        check=check_choice,
        banner=banner("Publishing messages of queue '{queue}' to exchange '{exchange}'"),
        show=in_words("published"),
    ),
    Command(
        name="replay",
        about="Sends dead letters back to the queues they died in",
        group=QUEUES,
        usage=f"replay <queue> {CHOOSING}",
        example="leveretctl replay dead --all",
        parameters=("queue",),
        options=OPTIONS,
        details=(("<queue>", "Name of the queue in which dead letters wait"), *WHICH),
        is_in_vhost=True,
        check=check_choice,
        banner=banner("Replaying dead letters of queue '{queue}'"),
        show=in_words("replayed"),
    ),
    Command(
        name="delete_messages",
        about="Deletes chosen messages of a queue",
        group=QUEUES,
        usage=f"delete_messages <queue> {CHOOSING}",
        example="leveretctl delete_messages jobs --positions 17",
        parameters=("queue",),
        options=OPTIONS,
        details=(QUEUE, *WHICH),
        is_in_vhost=True,
        check=check_choice,
        banner=banner("Deleting messages of queue '{queue}'"),
        show=in_words("deleted"),
    ),
)
