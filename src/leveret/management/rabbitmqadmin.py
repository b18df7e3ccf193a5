#!/usr/bin/env python3
"""rabbitmqadmin: a broker managed from the command line, over its HTTP API.

A node serves this one file at /cli/rabbitmqadmin, and whoever fetches it there has the whole tool:
the standard library is all it needs, Python 3.7 or later. Its command line, what it prints and its
exit codes are those of RabbitMQ's script of this name, so it serves either broker.

The tables say what there is to list and to declare; then come the actions, the requests they make,
how answers are shown, and where options come from.
"""

from __future__ import annotations

import base64
import configparser
import http.client
import io
import json
import optparse
import os
import ssl
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

VERSION = "0.1.0"


class Listed(NamedTuple):
    path: str
    columns: str = ""  # Unless others are asked for; none: all there are.
    of_vhost: bool = False  # A vhost narrows it down.
    as_json: str = ""  # The column that is shown as JSON.


class Declared(NamedTuple):
    path: str
    required: str
    optional: Mapping[str, str | None] = {}  # None: not sent unless given.
    one_of: str = ""  # At least one of these.


# fmt: off
LISTED = {
    "connections": Listed("/connections", "name user channels"),
    "channels": Listed("/channels", "name user"),
    "consumers": Listed("/consumers", of_vhost=True),
    "exchanges": Listed("/exchanges", "name type", of_vhost=True),
    "queues": Listed("/queues", "name messages", of_vhost=True),
    "bindings": Listed("/bindings", "source destination routing_key", of_vhost=True),
    "users": Listed("/users"),
    "vhosts": Listed("/vhosts", "name messages"),
    "permissions": Listed("/permissions"),
    "nodes": Listed("/nodes", "name type mem_used"),
    "parameters": Listed("/parameters", as_json="value"),
    "policies": Listed("/policies", as_json="definition"),
    "operator_policies": Listed("/operator-policies", as_json="definition"),
    "vhost_limits": Listed("/vhost-limits", as_json="value"),
}
TOTALS = "rabbitmq_version cluster_name queue_totals.messages object_totals.queues"
SHOWN = {"overview": Listed("/overview", TOTALS)}

EXCHANGE, QUEUE = "/exchanges/{vhost}/{name}", "/queues/{vhost}/{name}"
BINDING = "/bindings/{vhost}/e/{source}/{destination_type[0]}/{destination}"
LASTING = {"auto_delete": "false", "durable": "true", "arguments": "{}"}
BOUND = {"destination_type": "queue", "routing_key": "", "arguments": "{}"}
SECRETS = "password password_hash"
RULE, RANK = "name pattern definition", {"priority": "0", "apply-to": None}
DECLARED = {
    "exchange": Declared(EXCHANGE, "name type", {"internal": "false", **LASTING}),
    "queue": Declared(QUEUE, "name", {**LASTING, "node": None, "queue_type": None}),
    "binding": Declared(BINDING, "source destination", BOUND),
    "vhost": Declared("/vhosts/{name}", "name", {"tracing": None}),
    "user": Declared("/users/{name}", "name tags", {"hashing_algorithm": None}, SECRETS),
    "permission": Declared("/permissions/{vhost}/{user}", "vhost user configure write read"),
    "parameter": Declared("/parameters/{component}/{vhost}/{name}", "component name value"),
    "policy": Declared("/policies/{vhost}/{name}", RULE, RANK),
    "operator_policy": Declared("/operator-policies/{vhost}/{name}", RULE, RANK),
    "vhost_limit": Declared("/vhost-limits/{vhost}/{name}", "vhost name value"),
}
NAMED_BY = {"permission": "vhost user", "parameter": "component name", "vhost_limit": "vhost name"}
DELETED = {
    **{kind: Declared(that.path, NAMED_BY.get(kind, "name")) for kind, that in DECLARED.items()},
    "binding": Declared(BINDING + "/{properties_key}", "source destination_type destination",
                        {"properties_key": "~"}),
}
CLOSED = {"connection": Declared("/connections/{name}", "name")}
PURGED = {"queue": Declared("/queues/{vhost}/{name}/contents", "name")}
PUBLISHED = Declared(
    "/exchanges/{vhost}/{exchange}/publish", "routing_key",
    {"payload": None, "properties": "{}", "exchange": "amq.default", "payload_encoding": "string"},
)
GOT = Declared(
    "/queues/{vhost}/{queue}/get", "queue",
    {"count": "1", "ackmode": "ack_requeue_true", "payload_file": None, "encoding": "auto"},
)
# fmt: on

# Arguments whose values are JSON; every other is sent as the text that it is.
JSON_ARGUMENTS = {"arguments", "definition", "priority", "properties", "value"}


class Failed(Exception):
    """What was asked for did not happen; the text says why."""


class Misused(Exception):
    """The command line says nothing that can be done."""


# The actions: each takes the node and the words behind the action's name.


def list_things(known: Mapping[str, Listed], node: Node, words: Sequence[str]) -> None:
    listed, columns = chosen(known, words), list(words[1:])
    if not columns and node.options.format not in WHOLE:
        columns = listed.columns.split()
    narrowed = listed.of_vhost and node.options.vhost
    path = f"{listed.path}/{quoted(narrowed)}" if narrowed else listed.path
    query = {"columns": ",".join(columns), "sort": node.options.sort}
    if node.options.sort_reverse:
        query["sort_reverse"] = "true"
    asked = "&".join(f"{name}={quote(text, safe=',')}" for name, text in query.items() if text)
    answer = node.request("GET", f"{path}?{asked}" if asked else path)
    show(answer, node.options, columns, listed.as_json)


def declare(node: Node, words: Sequence[str]) -> None:
    declared, kind = chosen(DECLARED, words), words[0]
    given = arguments(words[1:], declared)
    body = {"vhost": node.vhost, **understood(given)}
    if "queue_type" in given:
        body["arguments"]["x-queue-type"] = given["queue_type"]
    method = "POST" if kind == "binding" else "PUT"
    node.request(method, node.path(declared.path, given), body)
    node.say(f"{kind} declared")


def undo(known: Mapping[str, Declared], done: str, node: Node, words: Sequence[str]) -> None:
    undone = chosen(known, words)
    node.request("DELETE", node.path(undone.path, arguments(words[1:], undone)))
    node.say(f"{words[0]} {done}")


def publish(node: Node, words: Sequence[str]) -> None:
    given = arguments(words, PUBLISHED)
    if "payload" not in given:
        octets = base64.b64encode(sys.stdin.buffer.read()).decode()
        given.update(payload=octets, payload_encoding="base64")
    body = {"vhost": node.vhost, **understood(given)}
    answer = node.request("POST", node.path(PUBLISHED.path, given), body)
    node.say("Message published" + ("" if json.loads(answer)["routed"] else " but NOT routed"))


def get(node: Node, words: Sequence[str]) -> None:
    given = arguments(words, GOT)
    file = given.get("payload_file")
    if file and given["count"] != "1":
        raise Misused("payload_file has room for one message: leave out count")
    answer = node.request("POST", node.path(GOT.path, given), {"vhost": node.vhost, **given})
    messages = json.loads(answer)
    if file and messages:
        payload, encoding = messages[0].pop("payload"), messages[0].pop("payload_encoding")
        octets = base64.b64decode(payload) if encoding == "base64" else payload.encode()
        Path(file).write_bytes(octets)
        answer = json.dumps(messages)
    show(answer, node.options)


def export_definitions(node: Node, words: Sequence[str]) -> None:
    file = only_file(words)
    file.write_text(node.request("GET", node.definitions), encoding="utf-8")
    node.say(f"definitions of {node.options.hostname} exported to {file}")


def import_definitions(node: Node, words: Sequence[str]) -> None:
    file = only_file(words)
    node.request("POST", node.definitions, file.read_bytes())
    node.say(f"definitions in {file} imported to {node.options.hostname}")


def explain(_node: Node, words: Sequence[str]) -> None:
    print(chosen(HELP, words))


ACTIONS = {
    "list": partial(list_things, LISTED),
    "show": partial(list_things, SHOWN),
    "declare": declare,
    "delete": partial(undo, DELETED, "deleted"),
    "close": partial(undo, CLOSED, "closed"),
    "purge": partial(undo, PURGED, "purged"),
    "publish": publish,
    "get": get,
    "export": export_definitions,
    "import": import_definitions,
    "help": explain,
}

# What the words behind an action mean.


def chosen(known: Mapping[str, Any], words: Sequence[str]) -> Any:
    if not words or words[0] not in known:
        told = f"{words[0]} is not known here" if words else "one word more is needed"
        raise Misused(f"{told}; say one of: {' '.join(known)}")
    return known[words[0]]


def only_file(words: Sequence[str]) -> Path:
    if len(words) != 1:
        raise Misused("exactly one file is needed")
    return Path(words[0])


def arguments(words: Iterable[str], declared: Declared) -> dict[str, str]:
    """name=value words, over what holds unless they say otherwise."""
    required, either = declared.required.split(), declared.one_of.split()
    given = {name: value for name, value in declared.optional.items() if value is not None}
    for word in words:
        name, is_pair, value = word.partition("=")
        if not is_pair:
            raise Misused(f'argument "{name}" is not of the form name=value')
        if name not in {*required, *either, *declared.optional}:
            raise Misused(f'there is no argument "{name}"')
        given[name] = value
    for name in required:
        if name not in given:
            raise Misused(f'argument "{name}" is required')
    if either and not given.keys() & set(either):
        raise Misused("one of these arguments is required: " + declared.one_of)
    return given


def understood(given: Mapping[str, str]) -> dict[str, Any]:
    return {name: parsed(text) if name in JSON_ARGUMENTS else text for name, text in given.items()}


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Misused(f"this is not JSON: {text}") from None


def quoted(text: str) -> str:
    return quote(text, safe="")


class Node:
    """The HTTP API of one node, asked as one user."""

    def __init__(self, options: optparse.Values) -> None:
        self.options = options
        self.vhost: str = options.vhost or options.declare_vhost
        login = f"{options.username}:{options.password}".encode()
        self.headers = {"Authorization": "Basic " + base64.b64encode(login).decode()}
        vhost = options.vhost and quoted(options.vhost)
        self.definitions = f"/definitions/{vhost}" if vhost else "/definitions"

    def say(self, text: str) -> None:
        if not self.options.quiet:
            print(text)

    def path(self, template: str, given: Mapping[str, str]) -> str:
        values = {name: quoted(text) for name, text in {"vhost": self.vhost, **given}.items()}
        for name, text in values.items():
            if not text and f"{{{name}" in template:
                raise Misused(f'argument "{name}" must not be empty')
        return template.format(**values)

    def request(self, method: str, path: str, body: Any = None) -> str:
        path = f"{self.options.path_prefix}/api{path}"
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection = connection_of(self.options)
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = response.read().decode()
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise Failed(f"Could not connect: {error}") from None
        if response.status >= 300:
            raise Failed(refusal(response.status, response.reason, path, answer))
        return answer


def connection_of(options: optparse.Values) -> http.client.HTTPConnection:
    host, port, timeout = options.hostname, int(options.port), options.request_timeout
    if not options.ssl:
        return http.client.HTTPConnection(host, port, timeout=timeout)
    context = ssl.create_default_context(cafile=options.ssl_ca_cert_file)
    if options.ssl_disable_hostname_verification or options.ssl_insecure:
        context.check_hostname = False
    if options.ssl_insecure:
        context.verify_mode = ssl.CERT_NONE
    if options.ssl_cert_file:
        context.load_cert_chain(options.ssl_cert_file, options.ssl_key_file)
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)


def refusal(status: int, phrase: str, path: str, answer: str) -> str:
    if status in {401, 403}:
        return f"Access refused: {path}"
    if status == 404:
        return f"Not found: {path}"
    try:
        return str(json.loads(answer)["reason"])
    except (ValueError, KeyError, TypeError):
        return f"{status} {phrase}: {path} {answer}".rstrip()


# How answers are shown.


def show(
    answer: str, options: optparse.Values, columns: Sequence[str] = (), as_json: str = ""
) -> None:
    things = json.loads(answer)
    things = [thing or {} for thing in (things if isinstance(things, list) else [things])]
    if options.format in WHOLE:
        print(WHOLE[options.format](things))
    elif things:
        depth = max([options.depth, *(name.count(".") + 1 for name in columns)])
        rows = [dict(cells(thing, depth, as_json)) for thing in things]
        names = columns or headings(rows)
        SHAPES[options.format](names, [[row.get(name, "") for name in names] for row in rows])
    elif not options.quiet:
        print("No items")


def cells(thing: Mapping[str, Any], depth: int, as_json: str) -> Iterator[tuple[str, str]]:
    """The fields of a thing as text; one that has fields is replaced by these, down to a depth."""
    for name, value in thing.items():
        if name != as_json and isinstance(value, dict):
            if depth > 1:
                yield from (
                    (f"{name}.{inner}", told) for inner, told in cells(value, depth - 1, "")
                )
        elif isinstance(value, (dict, list)):
            flat = isinstance(value, list) and not any(isinstance(v, (dict, list)) for v in value)
            yield name, " ".join(map(str, value)) if flat else json.dumps(value)
        else:
            yield name, str(value)


def headings(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Every field that some row has: what names the thing first, then by the alphabet."""
    names = {name for row in rows for name in row}
    first = [name for name in ("vhost", "name", "routing_key") if name in names]
    return first + sorted(names.difference(first))


def print_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(names, *rows)]
    rule = "+".join(["", *("-" * (width + 2) for width in widths), ""])
    line = "|".join(["", *(f" {{:{width}}} " for width in widths), ""])
    print(rule, line.replace("{:", "{:^").format(*names), rule, sep="\n")
    for row in rows:
        print(line.format(*row))
    print(rule)


def print_tsv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in (names, *rows):
        print("\t".join(row))


def print_long(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width, rule = max(map(len, names)), "\n" + 80 * "-" + "\n"
    print(rule)
    for row in rows:
        for name, text in zip(names, row):
            print(f"{name:>{width}}: {text}")
        print(rule)


def print_pairs(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        print(" ".join(f'{name}="{text}"' for name, text in zip(names, row)))


def print_names(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """What a shell completes with: the names alone, of things that have one."""
    if "name" in names:
        print(" ".join(row[names.index("name")] for row in rows))


WHOLE = {
    "raw_json": partial(json.dumps, separators=(",", ":"), ensure_ascii=False),
    "pretty_json": partial(json.dumps, indent=2, sort_keys=True, ensure_ascii=False),
}
SHAPES = {
    "tsv": print_tsv,
    "long": print_long,
    "table": print_table,
    "kvp": print_pairs,
    "bash": print_names,
}
FORMATS = [*WHOLE, *SHAPES]

# Where options come from: the command line, over a section of a file, over these.

DEFAULT_FILE = "~/.rabbitmqadmin.conf"
DEFAULTS = {
    "hostname": "localhost",
    "port": "15672",
    "path_prefix": "",
    "declare_vhost": "/",
    "username": "guest",
    "password": "guest",
    "request_timeout": 120,
    "format": "table",
    "depth": 1,
}
# fmt: off
OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("--config -c", {"help": f"configuration file [{DEFAULT_FILE}]"}),
    ("--node -N", {"help": "section of the configuration file [default]"}),
    ("--host -H", {"dest": "hostname", "help": "host to connect to [localhost]"}),
    ("--port -P", {"help": "port of its HTTP API [15672]"}),
    ("--path-prefix", {"help": "what comes before /api in every path [nothing]"}),
    ("--vhost -V", {"help": "vhost [all of them to list, / to declare]"}),
    ("--username -u", {"help": "user to connect as [guest]"}),
    ("--password -p", {"help": "the user's password [guest]"}),
    ("--base-uri -U", {"metavar": "URI", "help": "scheme, host, port and user in one"}),
    ("--quiet -q", {"action": "store_true", "help": "say nothing when it went well"}),
    ("--ssl -s", {"action": "store_true", "help": "connect with TLS"}),
    ("--ssl-key-file", {"help": "PEM file of the key to show"}),
    ("--ssl-cert-file", {"help": "PEM file of the certificate to show"}),
    ("--ssl-ca-cert-file", {"help": "PEM file of who signed the node's certificate"}),
    ("--ssl-disable-hostname-verification", {"action": "store_true",
                                             "help": "take a certificate of another host's"}),
    ("--ssl-insecure -k", {"action": "store_true", "help": "take any certificate"}),
    ("--request-timeout -t", {"type": "int", "help": "seconds to wait for an answer [120]"}),
    ("--format -f", {"choices": FORMATS, "help": f"one of {', '.join(FORMATS)} [table]"}),
    ("--sort -S", {"help": "column to sort a list by"}),
    ("--sort-reverse -R", {"action": "store_true", "help": "sort the other way round"}),
    ("--depth -d", {"type": "int", "help": "how deep to look into nested fields [1]"}),
    ("--bash-completion", {"action": "store_true", "help": "print bash's completion script"}),
]
# fmt: on
MORE_HELP = "rabbitmqadmin help subcommands, rabbitmqadmin help config: more of each"
CONFIG_HELP = """\
A configuration file has a section for each node, with options by their long names:

  [staging]
  hostname = rabbit.example.org
  port = 15671
  username = ops
  password = secret
  vhost = orders          (or declare_vhost: the vhost to declare and delete in, and no other use)
  ssl = True
  ssl_ca_cert_file = /etc/ssl/ca.pem

  rabbitmqadmin --config nodes.conf --node staging list queues

~/.rabbitmqadmin.conf is read when no file is named, its section [default] when no node is."""


def parser_of_options() -> optparse.OptionParser:
    parser = optparse.OptionParser(
        "%prog [options] subcommand", prog="rabbitmqadmin", epilog=MORE_HELP,
        version=f"rabbitmqadmin of Leveret {VERSION}",
    )  # fmt: skip
    for flags, settings in OPTIONS:
        parser.add_option(*flags.split(), **settings)
    return parser


def options_of(words: Sequence[str]) -> tuple[optparse.Values, list[str]]:
    parser = parser_of_options()
    written, rest = parser.parse_args(list(words))
    given = {name: value for name, value in vars(written).items() if value is not None}
    options = {**vars(parser.get_default_values()), **DEFAULTS, **of_file(parser, written), **given}
    return optparse.Values({**options, **of_uri(written.base_uri)}), rest


def of_file(parser: optparse.OptionParser, written: optparse.Values) -> dict[str, Any]:
    """The options in the section that is asked for; the default section need not be there."""
    file, node = written.config or DEFAULT_FILE, written.node or "default"
    config = configparser.RawConfigParser()
    if not config.read(Path(file).expanduser(), encoding="utf-8"):
        if written.config:
            raise Misused(f"there is no configuration file {file}")
        return {}
    if not config.has_section(node):
        if written.config or written.node:
            raise Misused(f"there is no section {node} in {file}")
        return {}
    known = {option.dest: option for option in parser.option_list}
    return {name: value_of(known.get(name), name, text) for name, text in config.items(node)}


def value_of(option: optparse.Option | None, name: str, text: str) -> Any:
    """What a line of the file means, by the option of its name."""
    if option is None:
        if name != "declare_vhost":
            raise Misused(f"a configuration file has no option {name}")
        return text
    try:
        if option.action == "store_true":
            return configparser.RawConfigParser.BOOLEAN_STATES[text.lower()]
        return int(text) if option.type == "int" else text
    except (KeyError, ValueError):
        raise Misused(f"option {name} in the configuration file cannot be {text}") from None


def of_uri(uri: str | None) -> dict[str, Any]:
    if uri is None:
        return {}
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misused(f"a base URI is http://host:port or https://host:port, not {uri}")
    if parts.path.strip("/"):
        print("WARNING: only --path-prefix and --vhost say what a path would", file=sys.stderr)
    found = {
        "hostname": parts.hostname,
        "port": parts.port and str(parts.port),
        "username": parts.username and unquote(parts.username),
        "password": parts.password and unquote(parts.password),
        "ssl": parts.scheme == "https" or None,
    }
    return {name: value for name, value in found.items() if value is not None}


# What help and the shell's completion say.


def told_of_subcommands() -> str:
    lines = [f"list {kind} [<column>...]" for kind in LISTED]
    lines += [f"show {kind} [<column>...]" for kind in SHOWN]
    for action in ("declare", "delete", "close", "purge"):
        lines += [f"{action} {kind} {wanted(KINDS[action][kind])}" for kind in KINDS[action]]
    lines += ["export <file>", "import <file>"]
    lines += [f"publish {wanted(PUBLISHED)}", f"get {wanted(GOT)}"]
    return "\n".join([
        "Subcommands of rabbitmqadmin, with what each must be told and [may be told]:",
        *(f"  {line}" for line in lines),
        "publish without a payload takes it from standard input.",
        "get with a payload_file writes the payload there, of one message.",
    ])  # fmt: skip


def wanted(declared: Declared) -> str:
    required = [f"{name}=..." for name in declared.required.split()]
    either = [" OR ".join(f"{name}=..." for name in declared.one_of.split())]
    optional = " ".join(f"{name}=..." for name in declared.optional)
    return " ".join(filter(None, [*required, *either, optional and f"[{optional}]"]))


HELP = {"config": CONFIG_HELP}
# What may stand behind an action that is told what it is about.
KINDS: dict[str, Mapping[str, Any]] = {
    "list": LISTED, "show": SHOWN, "declare": DECLARED, "delete": DELETED, "close": CLOSED,
    "purge": PURGED, "help": HELP,
}  # fmt: skip
HELP["subcommands"] = told_of_subcommands()

COMPLETION = "complete -C 'rabbitmqadmin --bash-completion' rabbitmqadmin"


def complete(line: str, before: str) -> list[str]:
    """What may stand where the cursor is, for bash; it leaves out what begins otherwise."""
    words = line.split()[1:]
    action = next((word for word in words if word in ACTIONS), "")
    kind = next((word for word in words if word in KINDS.get(action, {})), "")
    if before in {"-f", "--format"}:
        return FORMATS
    if before in {"-V", "--vhost", "-u", "--username"}:
        return names_of("vhosts" if before in {"-V", "--vhost"} else "users", words)
    if before == "=":
        return names_of({"policy": "policies"}.get(kind, f"{kind}s"), words)
    if not action:
        return [*ACTIONS, *(flags.split()[0] for flags, _ in OPTIONS)]
    if not kind:
        return list(KINDS.get(action, {}))
    about = KINDS[action][kind]
    known = (about.required, about.one_of, " ".join(about.optional)) if kind in DELETED else ()
    return [f"{name}=" for name in " ".join(known).split()]


def names_of(plural: str, words: Sequence[str]) -> list[str]:
    """The names of what there is, if the node can be asked; a shell hears of no errors."""
    try:
        node = Node(options_of([word for word in words if word not in {"-V", "-u"}])[0])
        things = json.loads(node.request("GET", LISTED[plural].path + "?columns=name"))
    except (Failed, Misused, SystemExit, KeyError):
        return []
    return [thing["name"] for thing in things]


def act(words: Sequence[str]) -> None:
    options, rest = options_of(words)
    if options.bash_completion:
        print(COMPLETION)
    else:
        chosen(ACTIONS, rest)(Node(options), rest[1:])


def main(words: Sequence[str]) -> int:
    line = os.environ.get("COMP_LINE")
    if line and words[:1] == ["--bash-completion"]:
        sys.stderr = io.StringIO()
        begun, before = (*words[2:4], "", "")[:2]
        print("\n".join(word for word in complete(line, before) if word.startswith(begun)))
        return 0
    try:
        act(words)
    except Misused as misused:
        print(f"\nERROR: {misused}\n\nrabbitmqadmin --help for help\n", file=sys.stderr)
    except (Failed, OSError) as failed:
        print(f"*** {failed}", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
