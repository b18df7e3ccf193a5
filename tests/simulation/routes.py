"""Where messages go, the naive way: every binding is looked at for every message."""

import re
from dataclasses import dataclass, field

PREDECLARED = {
    "amq.direct": "direct",
    "amq.fanout": "fanout",
    "amq.headers": "headers",
    "amq.match": "headers",
    "amq.rabbitmq.trace": "topic",
    "amq.topic": "topic",
    "": "direct",
}


@dataclass
class Exchange:
    """bindings: (is_queue, destination, routing key, arguments), each once."""

    kind: str
    auto_delete: bool = False
    alternate: str | None = None
    bindings: list = field(default_factory=list)
    was_bound: bool = False


class Routes:
    """The exchanges and what is bound to them."""

    def __init__(self):
        self.exchanges = {name: Exchange(kind) for name, kind in PREDECLARED.items()}

    def bind(self, source, binding):
        exchange = self.exchanges[source]
        exchange.was_bound = True
        if binding not in exchange.bindings:
            exchange.bindings.append(binding)

    def unbind(self, source, binding):
        exchange = self.exchanges[source]
        if binding in exchange.bindings:
            exchange.bindings.remove(binding)
        self._remove_finished()

    def remove_exchange(self, name):
        del self.exchanges[name]
        self.remove_destination(False, name)

    def remove_destination(self, is_queue, name):
        for exchange in self.exchanges.values():
            exchange.bindings = [b for b in exchange.bindings if b[:2] != (is_queue, name)]
        self._remove_finished()

    def _remove_finished(self):
        for name, exchange in list(self.exchanges.items()):
            if exchange.auto_delete and exchange.was_bound and not exchange.bindings:
                self.remove_exchange(name)
                return

    def queues_for(self, source, keys, headers):
        """The names of the queues that a message reaches; the default exchange has its own way.

        A message with copies has all its keys at every exchange it comes to.
        """
        found, visited, waiting = [], {source}, [source]
        while waiting:
            exchange = self.exchanges[waiting.pop()]
            onward = [
                binding[:2]
                for binding in exchange.bindings
                if any(accepts(exchange.kind, binding, key, headers) for key in keys)
            ]
            if not onward and exchange.alternate in self.exchanges:
                onward = [(False, exchange.alternate)]
            for is_queue, name in onward:
                if is_queue and name not in found:
                    found.append(name)
                elif not is_queue and name not in visited:
                    visited.add(name)
                    waiting.append(name)
        return found


def accepts(kind, binding, key, headers):
    _is_queue, _destination, pattern, arguments = binding
    if kind == "fanout":
        return True
    if kind == "direct":
        return pattern == key
    if kind == "topic":
        return re.fullmatch(_expression(pattern), f".{key}" if key else "") is not None
    wanted = {k: v for k, v in arguments.items() if not k.startswith("x-")}
    hits = [k in headers and headers[k] == v for k, v in wanted.items()]
    return any(hits) if arguments.get("x-match") == "any" else all(hits)


def _expression(pattern):
    """A topic pattern as a regular expression over words that each have a dot before them."""
    words = {"*": r"\.[^.]*", "#": r"(\.[^.]*)*"}
    parts = pattern.split(".") if pattern else []
    return "".join(words.get(part, rf"\.{re.escape(part)}") for part in parts)
