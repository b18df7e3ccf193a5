"""Verbs called as the node port calls them."""

import asyncio
import inspect

from leveret.control.call import Call, Rows, VerbRefused
from leveret.control.verbs import find
from tests.control.served import OneBroker


class Node(OneBroker):
    """A host whose verbs are called by name."""

    def serve(self, broker):
        """Another broker."""
        self.application.broker = broker

    def ask(self, verb, /, **arguments):
        """What came of it: a value, or a listing as rows."""
        reply = find(verb).function(Call(self, arguments))
        if inspect.isawaitable(reply):
            reply = asyncio.run(reply)
        return [list(row) for row in reply.rows] if isinstance(reply, Rows) else reply

    def refusal(self, verb, /, **arguments):
        """Exit code and text of what it would not do."""
        try:
            came = self.ask(verb, **arguments)
        except VerbRefused as refused:
            return refused.exit_code, refused.text
        raise AssertionError(f"{verb} was done: {came}")
