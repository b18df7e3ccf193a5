"""The nodes that judge: they are one cluster, and tell what they tell."""

import pytest
from bench.rabbitmq import is_installed
from bench.rabbitmq_cluster import running_rabbitmq_cluster


@pytest.mark.skipif(not is_installed(), reason="needs RabbitMQ")
@pytest.mark.timeout(300)
@pytest.mark.slow
def test_nodes_are_one_cluster_and_refuse_as_a_person_sees_it():
    with running_rabbitmq_cluster(2) as (first, second):
        running = {node["name"] for node in second.fetch("nodes") if node["running"]}
        refused = first.ask("forget_cluster_node", second.name)

    assert running == {first.name, second.name}
    assert refused.code == 69
    assert f"RabbitMQ on node {second.name} must be stopped" in refused.err
