"""The pen of a node in a cluster, which comes and goes when a test says so.

What the real one does is tested in tests/cluster/metadata; who waits for it, with the real one, in
tests/session and tests/test_writing.py.
"""

from dataclasses import replace


class HandPen:
    """The port Pen. wishes: who waits, each with what to do and what to do without it."""

    def __init__(self):
        self.is_writable = False
        self.wishes = []

    def when_writable(self, action, give_up):
        if self.is_writable:
            action()
        else:
            self.wishes.append((action, give_up))

    def when_fresh(self, action):
        action()

    def come(self):
        self.is_writable = True
        wishes, self.wishes = self.wishes, []
        for action, _give_up in wishes:
            action()

    def give_up(self):
        wishes, self.wishes = self.wishes, []
        for _action, give_up in wishes:
            give_up()


def give_pen(broker):
    """The broker is one of a cluster from now on; its pen."""
    pen = HandPen()
    broker.storage = replace(broker.storage, pen=pen)
    return pen
