"""Permissions that change under open connections, users that go, limits: on both brokers.

A channel of RabbitMQ remembers its last decisions until it has been idle for a second, so a change
is waited for here; Leveret has forgotten them when the change is made.
"""

import time
from collections.abc import Callable

import pytest

from leveret.broker.permissions import EVERYTHING, Permission
from tests.brokers import Endpoint
from tests.conformance.protocol.script import (
    Run,
    by,
    consume,
    do,
    expect,
    get,
    publish,
    queue,
    read_to_end,
    sync,
)
from tests.conformance.raw import Client

NOTHING = Permission("", "", "")
IDLE_S = 1.5


class Scene:
    """One user's connection and guest's, on one broker, and what they were answered."""

    def __init__(self, broker: Endpoint, user: str) -> None:
        self.broker = broker
        self.user = user
        broker.admit(user, EVERYTHING)
        self._run = Run(broker, f"{user}-", user=user)

    def do(self, *steps) -> None:
        for step in steps:
            self._run.step(step)

    def grant(self, rights: Permission) -> None:
        self.broker.admin.set_permission(self.user, rights)
        self.settle()

    def settle(self) -> None:
        if self.broker.name == "rabbitmq":
            time.sleep(IDLE_S)

    def reopen(self) -> None:
        """The channel was closed."""
        self.do(do("channel.open"))

    def connect(self) -> None:
        """Another connection of the user, up to its vhost; what it is told is written down."""
        client = Client(self.broker.host, self.broker.port)
        try:
            client.handshake(user=self.user)
            self._run.transcript.append("in")
        except AssertionError:
            self._run.transcript.append(client.transcript[-1])
        self._run.clients[f"other {len(self._run.clients)}"] = client

    def end(self) -> list[str]:
        self._run.end()
        return self._run.transcript


def publishing(scene: Scene) -> None:
    scene.do(queue(), publish("~q"), publish("~q"), sync())
    scene.grant(Permission(".*", "", ".*"))
    scene.do(publish("~q"), sync())
    scene.grant(EVERYTHING)
    scene.reopen()
    scene.do(publish("~q"), sync(), get(no_ack=1))


def declaring(scene: Scene) -> None:
    scene.do(queue(), queue())
    scene.grant(Permission("", ".*", ".*"))
    scene.do(queue())
    scene.reopen()
    scene.do(queue(passive=1), queue("~new"))


def getting(scene: Scene) -> None:
    scene.do(queue(), publish("~q"), get(no_ack=1))
    scene.grant(Permission(".*", ".*", ""))
    scene.do(get())


def consuming(scene: Scene) -> None:
    """Who consumes already goes on."""
    scene.do(queue(), consume())
    scene.grant(Permission(".*", ".*", ""))
    scene.do(by("guest", publish("~q")), by("guest", sync()), expect())
    scene.do(do("basic.ack", delivery_tag=1), consume(tag="another"))


def losing_the_vhost(scene: Scene) -> None:
    """The connection stays, and may do nothing; there is no other."""
    scene.do(queue(), consume())
    scene.broker.admin.clear_permission(scene.user)
    scene.settle()
    scene.do(by("guest", publish("~q")), by("guest", sync()), expect(), publish("~q"), sync())
    scene.connect()
    scene.reopen()
    scene.do(queue(passive=1), queue("~new"))
    scene.do(do("connection.update-secret", channel=0, new_secret="x", reason="why not"))


def being_deleted(scene: Scene) -> None:
    scene.do(queue(exclusive=1), consume())
    scene.broker.admin.remove_user(scene.user)
    scene.do(read_to_end())


def having_no_more_connections(scene: Scene) -> None:
    scene.do(queue())
    scene.broker.admin.set_user_limits(scene.user, {"max-connections": 2})
    scene.connect()
    scene.connect()


def having_no_more_channels(scene: Scene) -> None:
    scene.do(queue())
    scene.broker.admin.set_user_limits(scene.user, {"max-channels": 2})
    scene.do(do("channel.open", channel=2), do("channel.open", channel=3))


SCENES: list[Callable[[Scene], None]] = [
    publishing,
    declaring,
    getting,
    consuming,
    losing_the_vhost,
    being_deleted,
    having_no_more_connections,
    having_no_more_channels,
]


@pytest.mark.parametrize("play", SCENES, ids=lambda play: play.__name__)
def test_a_scene_ends_alike_on_both(
    play: Callable[[Scene], None], rabbitmq: Endpoint, leveret: Endpoint
) -> None:
    transcripts = []
    for broker in (rabbitmq, leveret):
        scene = Scene(broker, f"rev-{play.__name__.replace('_', '-')}")
        play(scene)
        transcripts.append(scene.end())
    theirs, ours = transcripts
    assert ours == theirs
