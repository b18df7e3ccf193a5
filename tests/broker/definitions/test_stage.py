"""A stage has of the real broker what it was asked for, and no more."""

import pytest

from leveret.broker.definitions.importing import import_into
from leveret.broker.definitions.stage import Stage
from leveret.broker.errors import NotFound
from leveret.broker.permissions import Permission
from leveret.broker.topic_permissions import TopicPermission
from tests.broker.definitions import entries
from tests.broker.definitions.entries import new_broker


@pytest.fixture
def real():
    broker = new_broker()
    import_into(broker, [*entries.everything(), entries.queue("other")])
    return broker


@pytest.fixture
def stage(real):
    return Stage(real)


def test_nothing_is_there_unasked(stage):
    assert not stage.broker.vhosts
    assert not list(stage.broker.users)
    with pytest.raises(NotFound, match="there is no vhost 'nowhere'"):
        stage.vhost("nowhere")


def test_a_vhost_comes_with_its_parameters_and_without_its_queues(real, stage):
    vhost = stage.vhost("/")
    assert vhost.metadata == real.vhosts["/"].metadata
    assert vhost.limits == {"max-connections": 5}
    assert set(vhost.policies.user.by_name) == {"short"}
    assert not vhost.queues


def test_queues_and_exchanges_come_one_by_one_or_all_where_they_count(real, stage):
    vhost = stage.vhost("/")
    stage.bring_queue(vhost, "jobs")
    stage.bring_queue(vhost, "nope")
    stage.bring_exchange(vhost, "logs")
    assert set(vhost.queues) == {"jobs"}
    assert vhost.exchanges["logs"].options == real.vhosts["/"].exchanges["logs"].options
    stage.crowd(vhost)
    assert set(vhost.queues) == {"jobs", "other"}


def test_users_and_their_rights(real, stage):
    stage.bring_permission("ada", "/")
    stage.bring_topic_permission("ada", "/", "logs")
    stage.bring_global_parameter("where")
    assert stage.broker.users.get("ada") == real.users.get("ada")
    assert stage.broker.permissions.get("ada", "/") == real.permissions.get("ada", "/")
    key = ("ada", "/", "logs")
    assert stage.broker.topic_permissions.get(key) == real.topic_permissions.get(key)
    assert stage.broker.parameters.globals == {"where": "here"}


def test_what_the_play_has_made_stays(stage):
    stage.bring_permission("ada", "/")
    stage.bring_topic_permission("ada", "/", "logs")
    stage.broker.set_permission("ada", "/", Permission("", "", ""))
    stage.broker.set_topic_permission(("ada", "/", "logs"), TopicPermission("", ""))
    stage.broker.parameters.set_global("where", "there")
    stage.broker.users.set_tags("ada", frozenset({"x"}))
    stage.bring_permission("ada", "/")
    stage.bring_topic_permission("ada", "/", "logs")
    stage.bring_global_parameter("where")
    assert stage.broker.permissions.get("ada", "/") == Permission("", "", "")
    assert stage.broker.topic_permissions.get(("ada", "/", "logs")) == TopicPermission("", "")
    assert stage.broker.parameters.globals == {"where": "there"}
    assert stage.broker.users.get("ada").tags == {"x"}
