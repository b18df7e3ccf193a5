"""The defaults are RabbitMQ's."""

from leveret.protocol.limits import Limits


def test_the_defaults_are_those_of_rabbitmq():
    limits = Limits()
    assert (limits.channel_max, limits.frame_max, limits.heartbeat_s) == (2047, 131072, 60)
    assert limits.message_bytes_max == 128 * 1024 * 1024
    assert limits.handshake_s == 10


def test_what_rabbitmq_does_not_limit_is_not_limited():
    limits = Limits()
    assert (limits.connections_max, limits.unacked_max) == (0, 0)
    assert limits.output_bytes_max == 64 * 1024 * 1024
