"""The outbox: who sends when."""

import asyncio

from leveret.server.outbox import Outbox


class Sender:
    """Counts how often it is told to send; `then` happens while it does."""

    def __init__(self, then=lambda: None):
        self.sent = 0
        self.then = then

    def flush(self):
        self.sent += 1
        self.then()


def in_a_loop(steps):
    asyncio.run(steps())


def test_whoever_is_added_between_chunks_sends_in_the_next_turn():
    async def steps():
        outbox, sender = Outbox(), Sender()
        outbox.add(sender)
        assert sender.sent == 0
        await asyncio.sleep(0)
        assert sender.sent == 1

    in_a_loop(steps)


def test_all_who_wait_send_in_one_turn():
    async def steps():
        outbox, senders = Outbox(), [Sender(), Sender(), Sender()]
        for sender in senders:
            outbox.add(sender)
        await asyncio.sleep(0)
        assert [sender.sent for sender in senders] == [1, 1, 1]

    in_a_loop(steps)


def test_whoever_is_added_while_a_chunk_is_dealt_with_sends_at_its_end():
    # No loop is running: holding asks for none.
    outbox, sender = Outbox(), Sender()
    outbox.hold()
    outbox.add(sender)
    outbox.send()
    assert sender.sent == 1
    assert not outbox.is_due


def test_what_sending_sets_free_is_sent_in_the_next_turn():
    async def steps():
        outbox, freed = Outbox(), Sender()
        first = Sender(then=lambda: outbox.add(freed))
        outbox.hold()
        outbox.add(first)
        outbox.send()
        assert (first.sent, freed.sent) == (1, 0)
        await asyncio.sleep(0)
        assert (first.sent, freed.sent) == (1, 1)
        assert not outbox.is_due

    in_a_loop(steps)


def test_a_turn_that_was_asked_for_already_serves_once():
    async def steps():
        outbox, sender = Outbox(), Sender()
        outbox.add(sender)
        outbox.hold()
        outbox.send()
        await asyncio.sleep(0)
        assert sender.sent == 1
        assert not outbox.is_due

    in_a_loop(steps)
