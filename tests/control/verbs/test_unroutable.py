"""Publishes that went nowhere are listed."""


def test_the_last_ones_of_a_vhost(node, world):
    world.broker.agenda.wall_clock = lambda: 1_700_000_000.5
    channel = world.channel()
    channel.publish(b"", key="nowhere")
    channel.publish(b"", exchange="amq.topic", key="no.where", mandatory=True)
    columns = ["time", "exchange", "routing_key", "outcome", "user", "connection", "channel"]
    assert node.ask("list_unroutable", vhost="/", columns=columns) == [
        [1_700_000_000_500, "", "nowhere", "dropped", "guest", "peer", 1],
        [1_700_000_000_500, "amq.topic", "no.where", "returned", "guest", "peer", 1],
    ]
