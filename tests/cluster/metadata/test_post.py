"""One node asks another for its pen."""

import pytest

from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.metadata.pen import Unanswered
from leveret.cluster.metadata.post import LinkPost
from tests.cluster.metadata.world import play


class Pen:
    """It was given to `where`; None: it is let go of for who asks."""

    def __init__(self, where):
        self.where = where
        self.askers = []

    def asked(self, node, answer):
        self.askers.append(node)
        answer(self.where)
        # Whoever asks has hung up, or has his answer.
        answer(self.where)


@pytest.mark.parametrize("where", ["vole", None])
def test_it_is_let_go_of_or_it_is_said_who_has_it(where):
    async def scene():
        network, pen = MemoryNetwork(), Pen(where)
        LinkPost(network.links_of("hare")).serve(pen)
        mouse = network.links_of("mouse")
        await mouse.to("hare").wait_up(1)
        assert await LinkPost(mouse).ask("hare") == where
        assert pen.askers == ["mouse"]

    play(scene())


def test_a_node_that_is_not_reached_does_not_answer():
    async def scene():
        network = MemoryNetwork()
        LinkPost(network.links_of("hare")).serve(Pen(None))
        mouse = network.links_of("mouse")
        network.isolate("hare")
        with pytest.raises(Unanswered):
            await LinkPost(mouse).ask("hare")

    play(scene())
