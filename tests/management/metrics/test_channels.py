"""What is told of channels."""


def channels(page, name="channel_consumers"):
    return [labels["channel"] for labels in page.labels_of(name)]


def test_each_channel_by_its_pid(per_object):
    told = channels(per_object)
    assert len(told) == len(set(told)) == 3
    assert all(pid.startswith("<leveret@") for pid in told)


def test_what_a_consuming_channel_is_about(per_object):
    (channel,) = [each for each in channels(per_object)
                  if per_object("channel_consumers", channel=each)]  # fmt: skip
    assert per_object("channel_messages_unacked", channel=channel) == 3
    assert per_object("consumer_prefetch", channel=channel) == 3
    assert per_object("channel_prefetch", channel=channel) == 0


def test_what_a_channel_took_from_each_queue(per_object):
    (orders,) = [labels for labels in per_object.labels_of("channel_messages_delivered_ack_total")
                 if labels["queue"] == "orders"]  # fmt: skip
    assert orders["vhost"] == "/"
    assert per_object("channel_messages_delivered_ack_total", **orders) == 4
    assert per_object("channel_messages_acked_total", **orders) == 1
    assert per_object("channel_messages_delivered_total", **orders) == 0


def test_what_a_channel_published(per_object):
    told = per_object.labels_of("channel_messages_published_total")
    (publisher,) = [labels for labels in told
                    if per_object("channel_messages_published_total", **labels)]  # fmt: skip
    assert publisher["vhost"] == "/"
    assert per_object("channel_messages_published_total", **publisher) == 14
    assert per_object("channel_messages_confirmed_total", **publisher) == 14
    assert per_object("channel_messages_unroutable_returned_total", **publisher) == 1
    assert per_object("channel_messages_unroutable_dropped_total", **publisher) == 1


def test_all_together(aggregated):
    assert aggregated("channel_consumers") == 1
    assert aggregated("channel_messages_published_total") == 14
    assert aggregated("channel_messages_delivered_ack_total") == 4
    assert aggregated("channel_get_empty_total") == 1
