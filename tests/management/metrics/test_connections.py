"""What is told of connections."""


def test_each_connection_under_the_label_that_rabbitmq_gives_it(per_object):
    told = per_object.labels_of("connection_channels")
    assert [set(labels) for labels in told] == [{"channel"}, {"channel"}]
    assert sorted(per_object("connection_channels", **labels) for labels in told) == [1, 2]


def test_octets_and_packets(per_object, aggregated):
    for labels in per_object.labels_of("connection_incoming_bytes_total"):
        assert per_object("connection_incoming_bytes_total", **labels) > 100
        assert per_object("connection_outgoing_packets_total", **labels) > 3
        assert per_object("connection_pending_packets", **labels) == 0
    assert aggregated("connection_channels") == 3
    assert aggregated("connection_incoming_bytes_total") > 1000
