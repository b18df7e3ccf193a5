"""Runtime parameters: set, cleared, checked, and told to the catalogue."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import (
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
)
from leveret.broker.errors import InvalidParameter, NotFound
from leveret.broker.policies import Policy
from tests.broker.domain import random_bytes
from tests.broker.fake_storage import FakeEngine

POLICY = Policy("p", "^q", {"max-length": 5}, 1, "queues")


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def broker(engine):
    broker = Broker(lambda: 0.0, random_bytes(), storage=engine.storage)
    broker.add_vhost("/")
    return broker


@pytest.fixture
def parameters(broker):
    return broker.parameters


def test_policies_are_parameters(parameters, broker):
    parameters.set_policy("/", POLICY)
    parameters.set_operator_policy("/", POLICY)
    assert list(parameters.all()) == [
        ("policy", "/", "p", POLICY.value),
        ("operator_policy", "/", "p", POLICY.value),
    ]
    vhost = broker.vhosts["/"]
    assert vhost.policies.user.by_name == vhost.policies.operator.by_name == {"p": POLICY}
    parameters.clear_policy("/", "p")
    parameters.clear_operator_policy("/", "p")
    assert list(parameters.all()) == []
    assert vhost.policies.count == 0


def test_what_is_set_and_cleared_is_durable(parameters, engine):
    parameters.set_policy("/", POLICY)
    parameters.clear_policy("/", "p")
    parameters.set_global("cluster_name", "hutch")
    parameters.clear_global("cluster_name")
    assert engine.catalogue.changes[-4:] == [
        ParameterSet("policy", "/", "p", POLICY.value),
        ParameterCleared("policy", "/", "p"),
        GlobalParameterSet("cluster_name", "hutch"),
        GlobalParameterCleared("cluster_name"),
    ]


def test_a_parameter_can_be_read(parameters):
    value = {"uri": "amqp://far", "list": [1, 2.5, None, True]}
    parameters.set("federation-upstream", "/", "u", value)
    assert parameters.get("federation-upstream", "/", "u") == value
    assert parameters.get("federation-upstream", "/", "v") is None
    assert parameters.get("federation-upstream", "gone", "u") is None


def test_a_cluster_may_be_given_a_name(parameters):
    assert parameters.cluster_name is None
    parameters.set_global("cluster_name", "hutch")
    assert parameters.cluster_name == "hutch"
    parameters.set_global("cluster_name", 5)
    assert parameters.cluster_name is None


def test_a_policy_that_is_none_changes_nothing(parameters, engine):
    told = len(engine.catalogue.changes)
    for set_it in (parameters.set_policy, parameters.set_operator_policy):
        with pytest.raises(InvalidParameter) as caught:
            set_it("/", Policy("p", "(", {"max-length": "x"}))
        assert str(caught.value) == (
            'Validation failed\n\n<<"x">> is not a valid maximum length\n'
            'pattern should be regular expression but is invalid: {"missing )",1}\n'
        )
    assert list(parameters.all()) == []
    assert len(engine.catalogue.changes) == told


def test_an_operator_policy_says_less(parameters):
    with pytest.raises(InvalidParameter, match="are not recognised policy settings"):
        parameters.set_operator_policy("/", Policy("p", "a", {"dead-letter-exchange": "x"}))


def test_an_operator_policy_may_be_set_as_any_parameter_and_a_policy_not(parameters):
    parameters.set("operator_policy", "/", "p", POLICY.value)
    assert parameters.get("operator_policy", "/", "p") == POLICY.value
    with pytest.raises(InvalidParameter, match=r"^policies may not be set using this method$"):
        parameters.set("policy", "/", "p", POLICY.value)
    with pytest.raises(InvalidParameter, match=r"^policies may not be cleared using this method$"):
        parameters.clear("policy", "/", "p")


def test_a_component_that_nobody_knows_is_refused(parameters):
    with pytest.raises(InvalidParameter) as caught:
        parameters.set("nonsense", "/", "p", {})
    assert str(caught.value) == "Validation failed\n\ncomponent nonsense not found\n"


def test_what_is_not_there_cannot_be_cleared(parameters):
    for act in (
        lambda: parameters.clear_policy("/", "none"),
        lambda: parameters.clear("nonsense", "/", "none"),
        lambda: parameters.clear_global("none"),
    ):
        with pytest.raises(NotFound, match=r"^Parameter does not exist$"):
            act()


def test_a_vhost_that_is_not_there_has_no_parameters(parameters):
    for act in (
        lambda: parameters.set_policy("gone", POLICY),
        lambda: parameters.clear_policy("gone", "p"),
    ):
        with pytest.raises(NotFound, match=r"^Virtual host 'gone' does not exist$"):
            act()


def test_a_vhost_that_comes_again_has_no_parameters(broker, parameters):
    parameters.set_policy("/", POLICY)
    broker.remove_vhost("/")
    broker.add_vhost("/")
    assert list(parameters.all()) == []
    assert broker.vhosts["/"].policies.count == 0
