"""Attempts to log in, by protocol and by source."""

from leveret.broker.errors import AccessRefused
from leveret.broker.logins import Source
from leveret.control.call import Call
from leveret.control.verbs import attempts
from tests.control.served import OneBroker


def log_in(host, password):
    try:
        host.broker.logins.with_password("guest", password, Source("127.0.0.1"))
    except AccessRefused:
        return


def listed(host, **arguments):
    return list(attempts.list_attempts(Call(host, arguments)).rows)


def test_they_are_counted_tracked_and_forgotten():
    host = OneBroker()
    host.broker.users.add("guest", "right")
    call = Call(host, {})
    log_in(host, "right")
    log_in(host, "wrong")
    assert listed(host) == [["amqp091", 2, 1, 1]]
    assert listed(host, by_source=True) == []
    attempts.track_sources(call)
    log_in(host, "right")
    assert listed(host, by_source=True) == [["127.0.0.1", "guest", "amqp091", 1, 0, 1]]
    attempts.track_no_sources(call)
    assert listed(host, by_source=True) == []
    attempts.forget_attempts(call)
    assert listed(host) == []
