"""Broken, cut and shuffled octets: each costs its own connection and nobody else's.

What RabbitMQ makes of them is compared elsewhere, kind by kind; here only Leveret has to live.
"""

import os
import random
import struct

import pytest

from tests.conformance.protocol import wire
from tests.conformance.raw import PROTOCOL_HEADER, Client, Closed

ROUNDS = int(os.environ.get("LEVERET_HOSTILE_ROUNDS", "40"))


def conversation() -> list[bytes]:
    """What a well-mannered client sends, frame by frame."""
    start_ok = {"mechanism": "PLAIN", "response": "\x00guest\x00guest", "locale": "en_US"}
    tune_ok = {"channel_max": 2047, "frame_max": 131072, "heartbeat": 0}
    methods = [
        (0, "connection.start-ok", start_ok),
        (0, "connection.tune-ok", tune_ok),
        (0, "connection.open", {"virtual_host": "/"}),
        (1, "channel.open", {}),
        (1, "queue.declare", {"exclusive": 1, "arguments": {"x-expires": 60000, "a": [1, {}]}}),
        (1, "basic.consume", {"consumer_tag": "t"}),
        (1, "basic.publish", {"routing_key": "nowhere", "mandatory": 1}),
    ]
    frames = [wire.encode_frame(1, number, wire.encode_method(*rest)) for number, *rest in methods]
    header = wire.encode_header({"headers": {"k": "v"}, "priority": 1}, 3)
    content = [wire.encode_frame(2, 1, header), wire.encode_frame(3, 1, b"abc")]
    settle = wire.encode_frame(1, 1, wire.encode_method("basic.ack", {"multiple": 1}))
    return [PROTOCOL_HEADER, *frames, *content, settle]


def flip(chance: random.Random, frame: bytes) -> bytes:
    place = chance.randrange(len(frame))
    return frame[:place] + bytes([frame[place] ^ 1 << chance.randrange(8)]) + frame[place + 1 :]


def cut(chance: random.Random, frame: bytes) -> bytes:
    return frame[: chance.randrange(len(frame))]


def lie_about_size(chance: random.Random, frame: bytes) -> bytes:
    return frame[:3] + struct.pack(">I", chance.choice([0, 1, 2**31, 2**32 - 1])) + frame[7:]


def lie_about_channel(chance: random.Random, frame: bytes) -> bytes:
    return frame[:1] + struct.pack(">H", chance.randrange(2**16)) + frame[3:]


def garnish(chance: random.Random, frame: bytes) -> bytes:
    return frame + chance.randbytes(chance.randrange(40))


def repeat(chance: random.Random, frame: bytes) -> bytes:
    return frame * chance.randrange(4)


def spoilt(chance: random.Random) -> bytes:
    """The conversation with one or several things wrong with it."""
    frames = conversation()
    if chance.random() < 0.1:
        chance.shuffle(frames)
    for _ in range(chance.randint(1, 3)):
        spoil = chance.choice([flip, cut, lie_about_size, lie_about_channel, garnish, repeat])
        place = chance.randrange(len(frames))
        frames[place] = spoil(chance, frames[place] or b"\x00")
    return b"".join(frames)


def hear_out(client: Client) -> None:
    """Read what the broker has to say; half a frame leaves it waiting, and that is all right."""
    try:
        while client.receive(0.01):
            pass
    except Closed:
        pass
    client.hang_up()


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_octets_cost_their_own_connection_alone(leveret, seed, caplog):
    chance = random.Random(seed)
    bystander = Client(leveret.host, leveret.port)
    bystander.handshake()
    bystander.open_channel()
    for _ in range(ROUNDS):
        hostile = Client(leveret.host, leveret.port)
        hostile.send(spoilt(chance))
        hear_out(hostile)
    bystander.send_method(1, "queue.declare", {"exclusive": 1})
    bystander.receive_until("queue.declare-ok", channel=1)
    assert bystander.transcript[-1].startswith("1 queue.declare-ok")
    bystander.hang_up()
    assert [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []


def test_the_first_octets_may_come_one_by_one(leveret):
    client = Client(leveret.host, leveret.port)
    for octet in b"".join(conversation()[:4]):
        client.send(bytes([octet]))
    client.receive_until("connection.open-ok", channel=0)
    assert client.transcript[-1] == "0 connection.open-ok known_hosts=''"
    client.hang_up()
