"""An exchange and the bindings that leave it."""

from tests.broker.domain import binding, exchange, queue, routed


def test_an_exchange_is_named_as_error_texts_name_it():
    assert str(exchange("logs")) == "exchange 'logs' in vhost '/'"


def test_a_binding_is_new_once():
    logs, jobs = exchange("logs"), queue("jobs")
    assert logs.bind(binding(logs, jobs, "k"))
    assert not logs.bind(binding(logs, jobs, "k"))
    assert len(logs.bindings) == 1
    assert routed(logs, "k") == ["jobs"]


def test_a_binding_goes_once():
    logs, jobs = exchange("logs"), queue("jobs")
    logs.bind(binding(logs, jobs, "k"))
    assert logs.unbind(binding(logs, jobs, "k").key)
    assert not logs.unbind(binding(logs, jobs, "k").key)
    assert routed(logs, "k") == []


def test_an_exchange_is_unused_without_bindings():
    logs, jobs = exchange("logs"), queue("jobs")
    assert logs.is_unused
    logs.bind(binding(logs, jobs))
    assert not logs.is_unused


def test_an_auto_delete_exchange_is_finished_when_its_last_binding_has_gone():
    logs = exchange("logs", auto_delete=True)
    assert not logs.is_finished
    one, other = binding(logs, queue("a")), binding(logs, queue("b"))
    logs.bind(one)
    logs.bind(other)
    logs.unbind(one.key)
    assert not logs.is_finished
    logs.unbind(other.key)
    assert logs.is_finished


def test_another_exchange_is_never_finished():
    logs = exchange("logs")
    bound = binding(logs, queue("a"))
    logs.bind(bound)
    logs.unbind(bound.key)
    assert not logs.is_finished


def test_the_alternate_exchange_is_an_argument():
    assert exchange(arguments={"alternate-exchange": "spare"}).alternate == "spare"
    assert exchange(arguments={"alternate-exchange": 7}).alternate is None
    assert exchange().alternate is None
