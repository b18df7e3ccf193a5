"""The log as messages of amq.rabbitmq.log."""

import asyncio
import json
import logging
import threading

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.queues.queue import QueueOptions
from leveret.server.log_exchange import LOG_EXCHANGE, WAITING_MAX, LogExchange
from leveret.wire.properties import Properties
from tests.broker.domain import HandClock, random_bytes

log = logging.getLogger("leveret.test")
NODE = "leveret@burrow"


class Heard:
    """A vhost with a queue for lines of the log, and a handler that has not started."""

    def __init__(self, key="#", level="info", form="text"):
        broker = Broker(HandClock(), random_bytes())
        self.vhost = broker.add_vhost("/")
        self.exchange = self.vhost.declare_system_exchange(LOG_EXCHANGE)
        self.queue = self.vhost.create_queue("heard", QueueOptions(), None)
        self.binding = Binding(self.exchange, self.queue, key)
        self.vhost.bind(self.binding)
        self.handler = LogExchange(self.vhost, NODE, level, form)

    def take(self):
        taken = []
        while self.queue.ready.count:
            taken.append(self.queue.get()[0])
        return taken

    def run(self, scene):
        """The scene between start and stop, and the loop's next turns; what was published."""

        async def whole():
            self.handler.start(asyncio.get_running_loop())
            try:
                scene()
                await asyncio.sleep(0.01)
            finally:
                self.handler.stop()

        asyncio.run(whole())
        return self.take()


@pytest.fixture(autouse=True)
def as_it_was():
    """The program's own logging is afterwards what it was before."""
    logger = logging.getLogger("leveret")
    before = logger.level, logger.handlers[:]
    yield
    assert (logger.level, logger.handlers) == before


def sentences(lines):
    return [(each.routing_key, each.body.decode().partition("] ")[2]) for each in lines]


def test_a_line_is_a_message_under_its_level():
    heard = Heard()
    (line,) = heard.run(lambda: log.warning("the %s runs", "hare"))
    assert (line.exchange, line.routing_key) == (LOG_EXCHANGE, "warning")
    assert line.body.decode().endswith(" [warning] the hare runs\n")
    timestamp = line.properties.timestamp
    assert timestamp > 1_700_000_000
    assert line.properties == Properties(
        content_type="text/plain", headers={"node": NODE}, timestamp=timestamp
    )


def test_a_json_line_says_what_it_is():
    (line,) = Heard(form="json").run(lambda: log.error("x", extra={"fields": {"port": 1}}))
    assert line.properties.content_type == "application/json"
    assert json.loads(line.body)["port"] == 1


def test_it_hears_what_its_own_level_says():
    def scene():
        for level in ("debug", "info", "error"):
            getattr(log, level)(level)

    assert sentences(Heard(level="debug").run(scene)) == [
        ("debug", "debug\n"),
        ("info", "info\n"),
        ("error", "error\n"),
    ]
    assert sentences(Heard(level="warning").run(scene)) == [("error", "error\n")]


def test_lines_nobody_is_bound_to_hear_are_not_made():
    heard = Heard()
    heard.vhost.unbind(heard.binding)
    assert heard.run(lambda: log.error("x")) == []


def test_a_line_of_another_thread_goes_out_on_the_loop():
    def scene():
        thread = threading.Thread(target=log.error, args=("from afar",))
        thread.start()
        thread.join()

    assert sentences(Heard().run(scene)) == [("error", "from afar\n")]


def test_what_is_logged_while_lines_are_published_is_not_about_itself():
    heard = Heard()
    publish = heard.vhost.publish

    def talkative(*what):
        log.error("I publish")
        return publish(*what)

    heard.vhost.publish = talkative
    assert sentences(heard.run(lambda: log.error("x"))) == [("error", "x\n")]


def test_lines_that_come_faster_than_they_can_go_are_counted():
    def scene():
        for number in range(WAITING_MAX + 7):
            log.error("line %d", number)

    lines = sentences(Heard().run(scene))
    assert len(lines) == WAITING_MAX + 1
    assert lines[-1][0] == "warning"
    assert lines[-1][1].startswith("7 log lines came faster than they could be published")


def test_nothing_is_published_after_the_end():
    heard = Heard()
    heard.run(lambda: None)
    log.error("x")
    assert heard.take() == []


@pytest.mark.parametrize("first_to_go", [0, 1])
def test_two_nodes_of_one_process_each_hear_their_level(first_to_go):
    curious, calm = Heard(level="debug"), Heard(level="warning")
    nodes = [curious, calm]

    async def scene():
        loop = asyncio.get_running_loop()
        for node in nodes:
            node.handler.start(loop)
        log.debug("both are there")
        nodes.pop(first_to_go).handler.stop()
        log.debug("one is there")
        await asyncio.sleep(0.01)
        nodes.pop().handler.stop()

    asyncio.run(scene())
    # What waits for the loop when a node goes is not published.
    expected = [] if first_to_go == 0 else ["both are there\n", "one is there\n"]
    assert [body for _, body in sentences(curious.take())] == expected
    assert calm.take() == []
