"""leveretctl's commands on queues."""

import json

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.control import exits


@pytest.fixture
def vhost(node):
    vhost = node.broker.vhosts["/"]
    arguments = {"x-max-length": 10, "x-overflow": "reject-publish"}
    vhost.create_queue("jobs", QueueOptions(durable=True, arguments=arguments), None)
    return vhost


@pytest.mark.usefixtures("vhost")
def test_listed_as_a_table(ctl):
    assert ctl("list_queues").out.splitlines() == [
        "Timeout: 60.0 seconds ...",
        "Listing queues for vhost / ...",
        "name\tmessages",
        "jobs\t0",
    ]
    arguments = '[{"x-max-length",10},{"x-overflow","reject-publish"}]'
    assert ctl("list_queues", "arguments", "-s").out == f"{arguments}\n"
    assert ctl("list_queues", "-t", "5", "--offline").out.startswith("Timeout: 5.0 seconds ...")


@pytest.mark.usefixtures("vhost")
def test_listed_for_programs(ctl):
    ctl("set_policy", "p", "", '{"expires": 60000}')
    columns = ("name", "effective_policy_definition", "arguments")
    [row] = json.loads(ctl("list_queues", *columns, "--formatter", "json").out)
    assert row["effective_policy_definition"] == {"expires": 60000}
    assert row["arguments"][0] == ["x-max-length", "signedint", 10]
    told = ctl("list_queues", "effective_policy_definition", "-s").out
    assert told == '[{"expires",60000}]\n'


def test_every_column_can_be_asked_for(vhost, ctl):
    assert vhost.queues
    asked = ctl("help", "list_queues").out.partition("must be one of ")[2].splitlines()[0]
    listed = ctl("list_queues", asked.replace(" ", ""), "-q", "--formatter", "json")
    assert len(json.loads(listed.out)[0]) == asked.count(",") + 1


def test_none_is_unresponsive(vhost, ctl):
    assert vhost.queues
    assert ctl("list_unresponsive_queues", "--queue-timeout", "5").out == (
        "Listing unresponsive queues for vhost / ...\n"
    )


def test_one_is_deleted(vhost, ctl):
    assert ctl("delete_queue", "jobs", "-e", "-u").out.splitlines() == [
        "Deleting queue 'jobs' on vhost '/' if queue is empty and if queue is unused ...",
        "Queue was successfully deleted with 0 ready messages",
    ]
    assert not vhost.queues
    assert ctl("delete_queue", "jobs").err == "Error:\nQueue not found\n"
    assert ctl("delete_queue", "").code == exits.DATA


@pytest.mark.usefixtures("vhost")
def test_one_is_purged(ctl):
    assert ctl("purge_queue", "jobs").out == "Purging queue 'jobs' in vhost '/' ...\n"
    assert ctl("purge_queue", "nosuch").err == "Error:\nnot_found\n"
