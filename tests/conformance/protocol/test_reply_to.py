"""Direct reply-to: the pseudo-queue amq.rabbitmq.reply-to and the names made from it."""

import pytest

from tests.conformance.protocol.script import (
    Step,
    bind,
    by,
    close_channel,
    do,
    expect,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
)

REPLY_TO = "amq.rabbitmq.reply-to"
again = open_channel(1)


def listen(tag: str = "t", channel: int = 1, **values: int):
    values.setdefault("no_ack", 1)
    return do("basic.consume", channel=channel, queue=REPLY_TO, consumer_tag=tag, **values)


def remember_reply_to() -> Step:
    """Keep the reply_to of the message just read, for `@0` in every later step of the script."""

    def act(current, client) -> None:
        for each in current.clients.values():
            each.generated = [client.last_properties["reply_to"]]

    return Step(act)


# A request travels to ~q; its reply_to has been rewritten, and @0 stands for it from here on.
asked = [
    queue(),
    listen(),
    publish("~q", b"ask", reply_to=REPLY_TO, correlation_id="7"),
    sync(),
    by("server", get()),
    by("server", remember_reply_to()),
]

LISTEN = {
    "listens": [listen()],
    "with a tag by the server": [listen(tag="")],
    "with acknowledgement": [listen(no_ack=0)],
    "twice on a channel": [listen("one"), listen("two")],
    "on two channels": [listen(), open_channel(2), listen("two", channel=2)],
    "exclusive": [listen(exclusive=1)],
    "nowait": [listen(nowait=1), queue(), publish("~q", reply_to=REPLY_TO), sync(), get()],
    "again after cancel": [listen(), do("basic.cancel", consumer_tag="t"), listen()],
    "tag taken": [queue(), do("basic.consume", queue="~q", consumer_tag="t"), listen()],
}

REQUEST = {
    "answered": [
        *asked,
        by("server", publish("@0", b"answer", correlation_id="7")),
        expect(),
    ],
    "answered mandatory": [
        *asked,
        by("server", publish("@0", b"answer", mandatory=1)),
        expect(),
        by("server", sync()),
    ],
    "answered twice": [
        *asked,
        by("server", publish("@0", b"one")),
        by("server", publish("@0", b"two")),
        expect(2),
    ],
    "answered with confirms": [
        *asked,
        by("server", do("confirm.select")),
        by("server", publish("@0", b"answer")),
        by("server", expect()),
        expect(),
    ],
    "answered by the asker itself": [
        queue(),
        listen(),
        publish("~q", reply_to=REPLY_TO),
        sync(),
        get(),
        remember_reply_to(),
        publish("@0", b"answer"),
        expect(),
    ],
    "answered through an exchange": [
        *asked,
        by("server", publish("@0", b"answer", exchange="amq.direct", mandatory=1)),
        by("server", expect()),
    ],
    "without listening": [queue(), publish("~q", reply_to=REPLY_TO), sync()],
    "after cancel": [
        queue(),
        listen(),
        do("basic.cancel", consumer_tag="t"),
        publish("~q", reply_to=REPLY_TO),
        sync(),
    ],
    "on another channel than the one that listens": [
        queue(),
        listen(),
        open_channel(2),
        publish("~q", channel=2, reply_to=REPLY_TO),
        sync(2),
    ],
    "another reply-to is left alone": [queue(), publish("~q", reply_to="~mine"), sync(), get()],
    "a reply-to that only begins alike": [
        queue(),
        publish("~q", reply_to=f"{REPLY_TO}-not"),
        sync(),
        get(),
    ],
    "to an unroutable key": [
        listen(),
        publish("~none", mandatory=1, reply_to=REPLY_TO),
        expect(),
    ],
}

NAME = {
    "alive: passive declare": [*asked, by("server", queue("@0", passive=1))],
    "alive: declare": [*asked, by("server", queue("@0"))],
    "dead: passive declare": [
        *asked,
        do("basic.cancel", consumer_tag="t"),
        by("server", queue("@0", passive=1)),
    ],
    "dead: channel closed": [
        *asked,
        close_channel(),
        by("server", queue("@0", passive=1)),
    ],
    "dead: connection closed": [
        *asked,
        do("connection.close", channel=0, reply_code=200),
        by("server", quiet(0.1)),
        by("server", queue("@0", passive=1)),
    ],
    "dead: publish": [
        *asked,
        close_channel(),
        by("server", publish("@0")),
        by("server", sync()),
    ],
    "dead: publish mandatory": [
        *asked,
        close_channel(),
        by("server", publish("@0", mandatory=1)),
        by("server", sync()),
    ],
    "made up: passive declare": [queue(f"{REPLY_TO}.nonsense", passive=1)],
    "made up: publish mandatory": [publish(f"{REPLY_TO}.nonsense", mandatory=1), sync()],
    "the bare name: passive declare": [queue(REPLY_TO, passive=1)],
    "the bare name: declare": [queue(REPLY_TO)],
    "the bare name: get": [get(REPLY_TO)],
    "the bare name: delete": [do("queue.delete", queue=REPLY_TO)],
    "the bare name: purge": [do("queue.purge", queue=REPLY_TO)],
    "the bare name: bind": [bind(REPLY_TO, "amq.direct", "~k")],
    "the bare name: publish": [publish(REPLY_TO, mandatory=1), quiet(), sync()],
    "alive: consume": [*asked, by("server", do("basic.consume", queue="@0", no_ack=1))],
    "alive: get": [*asked, by("server", get("@0"))],
    "alive: delete": [*asked, by("server", do("queue.delete", queue="@0")), listen("two")],
    "cancel": [
        listen(),
        do("basic.cancel", consumer_tag="t"),
        do("basic.cancel", consumer_tag="t"),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [("listen", LISTEN), ("request", REQUEST), ("name", NAME)]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
