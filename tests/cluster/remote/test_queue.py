"""What clients of a node see of a queue whose home is another: as if it were their own, and
RabbitMQ's texts when the home is down (measured with two nodes of 3.10.8)."""

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.placing import place
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.cluster.remote.two import Two
from tests.session.harness import PERSISTENT, Content

DOWN = "NOT_FOUND - home node 'hare' of durable queue 'q' in vhost '/' is down or inaccessible"


@pytest.fixture
def away(two):
    """A queue elsewhere and a channel here."""
    two.declare("q", durable=True)
    return two.mouse.channel()


def home(two, name="q"):
    return two.hare.vhost.queues[name]


class TestPublishing:
    def test_messages_arrive_in_order(self, away):
        away.fill("q", *[b"%d" % number for number in range(20)])
        assert [away.get(no_ack=True).body for _ in range(20)] == [b"%d" % n for n in range(20)]

    def test_a_message_arrives_with_its_properties(self, away):
        properties = Properties(content_type="text/plain", headers={"a": 1}, priority=3)
        away.publish(b"x" * 300_000, key="q", properties=properties)
        found = away.get()
        assert (found.properties, found.body) == (properties, b"x" * 300_000)

    def test_a_confirm_waits_for_the_home(self, two, away):
        away.call(methods.ConfirmSelect())
        two.mouse_links.link.is_held = True
        away.fill("q", b"a", b"b")
        assert away.take() == []
        two.mouse_links.link.is_held = False
        assert away.take() == [methods.BasicAck(2, multiple=True)]

    def test_a_confirm_waits_for_the_homes_disk(self, kept):
        kept.declare("q", durable=True)
        channel = kept.mouse.channel()
        channel.call(methods.ConfirmSelect())
        channel.fill_stored("q", b"a")
        assert channel.take() == []
        kept.hare.sync()
        assert channel.take() == [methods.BasicAck(1)]

    def test_other_channels_do_not_wait_for_it(self, two, away):
        other = away.client.channel()
        for channel in (away, other):
            channel.call(methods.ConfirmSelect())
        other.declare("here")
        two.mouse_links.link.is_held = True
        away.fill("q", b"a")
        other.fill("here", b"a")
        assert other.take() == [methods.BasicAck(1)]
        assert away.take() == []

    def test_confirms_of_a_channel_stay_in_order(self, two, away):
        away.call(methods.ConfirmSelect())
        away.declare("here")
        two.mouse_links.link.is_held = True
        away.fill("here", b"a")
        assert away.take() == [methods.BasicAck(1)]
        away.fill("q", b"b")
        away.fill("here", b"c")
        assert away.take() == []
        two.mouse_links.link.is_held = False
        assert away.take() == [methods.BasicAck(3, multiple=True)]

    def test_a_message_that_the_home_refuses_is_nacked(self, two):
        two.declare("q", arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
        channel = two.mouse.channel()
        channel.call(methods.ConfirmSelect())
        channel.fill("q", b"a", b"b")
        channel.fill("", b"nowhere")
        assert channel.take() == [methods.BasicNack(2), methods.BasicAck(3, multiple=True)]

    def test_what_is_out_when_the_home_is_lost_is_nacked(self, two, away):
        away.call(methods.ConfirmSelect())
        two.mouse_links.link.is_held = True
        away.fill("q", b"a")
        away.take()
        two.change(is_up=False)
        assert away.take() == [methods.BasicNack(1)]

    def test_mandatory_finds_the_queue(self, away):
        away.publish(b"a", key="q", mandatory=True)
        assert away.take() == []
        assert away.count() == 1

    def test_bindings_lead_to_it(self, away):
        away.call(methods.QueueBind(queue="q", exchange="amq.direct", routing_key="key"))
        away.publish(b"a", exchange="amq.direct", key="key")
        assert away.get().body == b"a"

    def test_a_commit_waits_for_the_home(self, two, away):
        away.call(methods.TxSelect())
        away.fill("q", b"a")
        two.mouse_links.link.is_held = True
        away.say(methods.TxCommit())
        assert away.take() == []
        two.mouse_links.link.is_held = False
        assert away.take() == [methods.TxCommitOk()]
        assert away.count() == 1

    def test_a_commit_that_the_home_refuses_is_partial(self, two):
        two.declare("q", arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
        channel = two.mouse.channel()
        channel.call(methods.TxSelect())
        channel.fill("q", b"a", b"b")
        close = channel.refusal(methods.TxCommit())
        assert close.reply_text == "PRECONDITION_FAILED - partial tx completion"


class TestGetting:
    def test_get_tells_what_is_left_and_whether_it_came_back(self, away):
        away.fill("q", b"a", b"b")
        found = away.get()
        assert (found.body, found.method.message_count, found.method.redelivered) == (
            b"a",
            1,
            False,
        )
        away.say(methods.BasicReject(found.tag, requeue=True))
        found = away.get()
        assert (found.body, found.method.redelivered) == (b"a", True)

    def test_an_empty_queue_has_nothing(self, away):
        assert away.call(methods.BasicGet(queue="q")) == methods.BasicGetEmpty()

    def test_what_was_acknowledged_is_gone_at_the_home(self, kept):
        queue, _ = kept.declare("q", durable=True)
        channel = kept.mouse.channel()
        channel.fill_stored("q", b"a", b"b")
        channel.ack(channel.get().tag)
        channel.take()
        (left,) = queue.ready.at_hand()
        assert left.body == b"b"
        assert kept.hare.engine.messages.positions(queue.number) == [left.position]

    def test_a_channel_that_goes_while_it_waits_gives_the_message_back(self, two, away):
        away.fill("q", b"a")
        two.settle()
        two.mouse_links.link.is_held = True
        away.say(methods.BasicGet(queue="q"))
        away.client.hang_up()
        two.mouse_links.link.is_held = False
        two.settle()
        assert home(two).ready.count == 1
        assert home(two).tally.unacknowledged == 0

    def test_a_channel_that_closes_gives_back_what_it_holds(self, two, away):
        away.fill("q", b"a", b"b")
        away.get()
        assert home(two).ready.count == 1
        away.close()
        two.settle()
        assert home(two).ready.count == 2


class TestAsking:
    def test_a_passive_declare_counts_at_the_home(self, two, away):
        two.hare.channel().consume("q")
        away.call(methods.BasicQos(prefetch_count=0))
        assert away.call(methods.QueueDeclare(queue="q", passive=True)) == methods.QueueDeclareOk(
            "q", 0, 1
        )

    def test_declaring_it_again_counts_too(self, away):
        away.fill("q", b"a")
        assert away.call(methods.QueueDeclare(queue="q", durable=True)) == methods.QueueDeclareOk(
            "q", 1, 0
        )

    def test_declaring_it_otherwise_is_refused(self, away):
        close = away.refusal(methods.QueueDeclare(queue="q"))
        assert close.reply_code == 406
        assert "inequivalent arg 'durable' for queue 'q' in vhost '/'" in close.reply_text

    def test_purge_counts_what_waited(self, two, away):
        away.fill("q", b"a", b"b", b"c")
        away.get()
        assert away.call(methods.QueuePurge(queue="q")) == methods.QueuePurgeOk(2)
        assert home(two).ready.count == 0

    def test_delete_counts_what_went(self, two, away):
        away.fill("q", b"a", b"b")
        assert away.call(methods.QueueDelete(queue="q")) == methods.QueueDeleteOk(2)
        assert "q" not in two.hare.vhost.queues

    def test_delete_if_empty_asks_the_home(self, two, away):
        away.fill("q", b"a")
        close = away.refusal(methods.QueueDelete(queue="q", if_empty=True))
        assert close.reply_text == "PRECONDITION_FAILED - queue 'q' in vhost '/' not empty"
        assert "q" in two.hare.vhost.queues

    def test_delete_if_unused_asks_the_home(self, two, away):
        two.hare.channel().consume("q")
        close = away.refusal(methods.QueueDelete(queue="q", if_unused=True))
        assert close.reply_text == "PRECONDITION_FAILED - queue 'q' in vhost '/' in use"

    def test_what_a_channel_says_is_done_in_order(self, away):
        away.fill("q", b"a", b"b")
        away.say(
            methods.QueueDeclare(queue="q", passive=True),
            methods.QueuePurge(queue="q"),
            methods.QueueDeclare(queue="q", passive=True),
        )
        assert away.take() == [
            methods.QueueDeclareOk("q", 2, 0),
            methods.QueuePurgeOk(2),
            methods.QueueDeclareOk("q", 0, 0),
        ]

    @pytest.mark.parametrize(
        "method",
        [
            methods.QueueDeclare(queue="x", passive=True),
            methods.QueueDeclare(queue="x", exclusive=True),
            methods.QueueDelete(queue="x"),
            methods.QueuePurge(queue="x"),
            methods.BasicGet(queue="x"),
            methods.BasicConsume(queue="x"),
            methods.QueueBind(queue="x", exchange="amq.fanout"),
        ],
    )
    def test_an_exclusive_queue_is_locked(self, two, method):
        two.declare("x", exclusive=True)
        close = two.mouse.channel().refusal(method)
        assert close.reply_code == 405
        assert close.reply_text.startswith(
            "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'x' in vhost '/'."
        )


class TestConsuming:
    def test_deliveries_come_behind_consume_ok(self, away):
        away.fill("q", b"a", b"b")
        assert [each.body for each in away.consume("q")] == [b"a", b"b"]

    def test_prefetch_holds_across_nodes(self, two, away):
        away.fill("q", b"a", b"b", b"c", b"d")
        away.call(methods.BasicQos(prefetch_count=2))
        came = away.consume("q")
        assert [each.body for each in came] == [b"a", b"b"]
        assert home(two).ready.count == 2
        away.ack(came[0].tag)
        assert away.bodies() == [b"c"]
        away.say(methods.BasicNack(came[1].tag, requeue=True))
        (again,) = away.take()
        assert (again.body, again.method.redelivered) == (b"b", True)

    def test_global_prefetch_is_shared_by_queues_of_several_nodes(self, two, away):
        away.declare("here")
        away.fill("here", b"h1", b"h2")
        away.fill("q", b"a", b"b")
        away.call(methods.BasicQos(prefetch_count=1, global_=True))
        came = away.consume("here", "one") + away.consume("q", "two")
        assert len(came) == 1
        bodies = [came[0].body]
        assert home(two).ready.count == 2
        while came:
            away.ack(came[0].tag)
            came = away.take()
            assert len(came) <= 1
            bodies += [each.body for each in came]
        assert sorted(bodies) == [b"a", b"b", b"h1", b"h2"]

    def test_many_messages_flow_without_a_limit(self, two, away):
        bodies = [b"%d" % number for number in range(3000)]
        away.fill("q", *bodies)
        came = away.consume("q", no_ack=True)
        assert [each.body for each in came] + away.bodies() == bodies
        assert home(two).tally.unacknowledged == 0

    def test_no_more_than_a_mebibyte_is_under_way(self, two, away):
        away.fill("q", *[b"x" * 100_000] * 30)
        away.say(methods.BasicConsume(queue="q", consumer_tag="c"))
        two.settle(until=lambda: two.hare_links.link.said and home(two).ready.count < 30)
        two.hare_links.link.is_held = True
        two.settle()
        assert 0 < len(two.hare_links.link.said) <= 11
        two.hare_links.link.is_held = False
        assert len(away.take()) == 31

    def test_nodes_take_turns(self, two, away):
        here = two.hare.channel()
        here.consume("q")
        away.consume("q")
        here.fill("q", b"a", b"b", b"c", b"d")
        assert len(here.bodies()) == len(away.bodies()) == 2

    def test_a_cancelled_consumer_leaves_the_rest(self, two, away):
        away.call(methods.BasicQos(prefetch_count=1))
        away.fill("q", b"a", b"b")
        (first,) = away.consume("q")
        assert away.call(methods.BasicCancel("c")) == methods.BasicCancelOk("c")
        away.ack(first.tag)
        assert away.count() == 1
        assert len(home(two).consumers) == 0

    def test_what_comes_for_a_consumer_that_is_gone_goes_back(self, two, away):
        away.consume("q")
        two.hare_links.link.is_held = True
        two.hare.channel().fill("q", b"a")
        away.say(methods.BasicCancel("c"))
        two.hare_links.link.is_held = False
        assert away.take() == [methods.BasicCancelOk("c")]
        assert home(two).ready.count == 1

    def test_a_channel_that_goes_before_consume_ok_leaves_no_consumer(self, two, away):
        two.hare_links.link.is_held = True
        away.say(methods.BasicConsume(queue="q"))
        two.settle()
        away.client.hang_up()
        two.hare_links.link.is_held = False
        two.settle()
        assert len(home(two).consumers) == 0

    def test_exclusive_use_is_refused_by_the_home(self, two, away):
        two.hare.channel().consume("q")
        close = away.refusal(methods.BasicConsume(queue="q", exclusive=True))
        assert close.reply_text == "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"
        assert len(home(two).consumers) == 1

    def test_an_exclusive_consumer_elsewhere_keeps_others_out(self, two, away):
        away.consume("q", exclusive=True)
        close = two.hare.channel().refusal(methods.BasicConsume(queue="q"))
        assert close.reply_text == "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"

    def test_priorities_count_across_nodes(self, two, away):
        here = two.hare.channel()
        here.consume("q")
        away.consume("q", arguments={"x-priority": 5})
        here.fill("q", b"a", b"b")
        assert away.bodies() == [b"a", b"b"]

    def test_the_last_consumer_takes_an_auto_delete_queue_along(self, two):
        two.declare("ad", auto_delete=True)
        channel = two.mouse.channel()
        channel.consume("ad")
        channel.call(methods.BasicCancel("c"))
        assert "ad" not in two.hare.vhost.queues

    def test_a_queue_that_is_deleted_cancels_its_consumers_elsewhere(self, two, away):
        away.consume("q")
        two.hare.channel().call(methods.QueueDelete(queue="q"))
        assert away.take() == [methods.BasicCancel("c", nowait=True)]

    def test_rejected_messages_die_at_the_home(self, two):
        two.declare("q", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "d"})
        two.declare("d")
        channel = two.mouse.channel()
        channel.fill("q", b"a")
        channel.say(methods.BasicReject(channel.get("q").tag))
        assert channel.get("d").body == b"a"

    def test_dead_letters_do_not_go_round_between_nodes(self, two):
        rules = {"x-message-ttl": 10, "x-dead-letter-exchange": ""}
        two.declare("q", arguments={**rules, "x-dead-letter-routing-key": "m"})
        options = QueueOptions(arguments={**rules, "x-dead-letter-routing-key": "q"})
        two.mouse.vhost.create_queue("m", options, None)
        place(two.hare.vhost, "m", options, two.hare_homes.of("mouse"))
        two.hare.channel().fill("q", b"a")
        two.hare.pass_time(0.02)
        two.settle()
        assert (home(two).ready.count, two.mouse.vhost.queues["m"].ready.count) == (0, 1)
        two.mouse.pass_time(0.02)
        two.settle()
        assert (home(two).ready.count, two.mouse.vhost.queues["m"].ready.count) == (0, 0)

    def test_recover_redelivers(self, away):
        away.fill("q", b"a")
        away.consume("q")
        away.say(methods.BasicRecover(requeue=True))
        ok, again = away.take()
        assert ok == methods.BasicRecoverOk()
        assert (again.body, again.method.redelivered) == (b"a", True)


class TestHomeDown:
    @pytest.mark.parametrize(
        "method",
        [
            methods.QueueDeclare(queue="q", passive=True),
            methods.QueueDeclare(queue="q", durable=True),
            methods.QueueDeclare(queue="q"),
            methods.QueueDeclare(queue="q", exclusive=True),
            methods.BasicGet(queue="q"),
            methods.BasicConsume(queue="q"),
            methods.QueuePurge(queue="q"),
            methods.QueueDelete(queue="q"),
            methods.QueueDelete(queue="q", if_empty=True),
            methods.QueueBind(queue="q", exchange="amq.fanout", routing_key="k"),
            methods.QueueUnbind(queue="q", exchange="amq.fanout", routing_key="k"),
        ],
    )
    def test_whatever_is_asked_is_404(self, two, away, method):
        two.change(is_up=False)
        assert away.refusal(method).reply_text == DOWN

    @pytest.mark.parametrize(
        "method",
        [
            methods.QueueDeclare(queue="q", passive=True),
            methods.BasicGet(queue="q"),
            methods.BasicConsume(queue="q"),
            methods.QueuePurge(queue="q"),
            methods.QueueDelete(queue="q"),
        ],
    )
    def test_who_waits_for_an_answer_is_told(self, two, away, method):
        two.hare_links.link.is_held = True
        away.say(method)
        assert away.take() == []
        two.change(is_up=False)
        (close,) = away.take()
        assert close.reply_text == DOWN

    def test_publishing_goes_nowhere_and_is_confirmed(self, two, away):
        two.change(is_up=False)
        away.call(methods.ConfirmSelect())
        away.publish(b"a", key="q", properties=PERSISTENT)
        assert away.take() == [methods.BasicAck(1)]

    @pytest.mark.parametrize(("exchange", "key"), [("", "q"), ("amq.direct", "k")])
    def test_mandatory_messages_come_back(self, two, away, exchange, key):
        away.call(methods.QueueBind(queue="q", exchange="amq.direct", routing_key="k"))
        two.change(is_up=False)
        away.publish(b"a", exchange=exchange, key=key, mandatory=True)
        (returned,) = away.take()
        assert (returned.method.reply_text, returned.body) == ("NO_ROUTE", b"a")

    def test_consumers_are_cancelled_and_what_they_hold_is_forgotten(self, two, away):
        away.fill("q", b"a", b"b")
        first, second = away.consume("q")
        two.change(is_up=False)
        assert away.take() == [methods.BasicCancel("c", nowait=True)]
        away.ack(first.tag)
        assert away.take() == []
        close = away.refusal(methods.BasicAck(first.tag))
        assert close.reply_text == f"PRECONDITION_FAILED - unknown delivery tag {first.tag}"
        assert second.tag == 2

    def test_messages_wait_at_the_home_until_it_is_back(self, two, away):
        away.fill("q", b"a", b"b")
        (first, _second) = away.consume("q")
        two.change(is_up=False)
        assert home(two).ready.count == 2
        two.change(is_up=True)
        away.take()
        away.ack(first.tag)
        found = away.get()
        assert (found.body, found.method.redelivered) == (b"a", True)

    def test_a_transient_queue_is_no_more(self, two):
        two.declare("t")
        two.change(is_up=False)
        close = two.mouse.channel().refusal(methods.QueueDeclare(queue="t", passive=True))
        assert close.reply_text == "NOT_FOUND - no queue 't' in vhost '/'"


class TestMetadata:
    def test_a_queue_that_is_withdrawn_cancels_its_consumers(self, two, away):
        away.consume("q")
        two.forget()
        assert away.take() == [methods.BasicCancel("c", nowait=True)]
        close = away.refusal(methods.QueueDeclare(queue="q", passive=True))
        assert close.reply_text == "NOT_FOUND - no queue 'q' in vhost '/'"

    def test_a_home_that_does_not_know_it_says_so(self, two):
        two.declare("q", durable=True)
        two.hare.vhost.remove_queue(home(two))
        channel = two.mouse.channel()
        close = channel.refusal(methods.BasicGet(queue="q"))
        assert close.reply_text == "NOT_FOUND - no queue 'q' in vhost '/'"
        channel = two.mouse.channel()
        channel.call(methods.ConfirmSelect())
        channel.publish(b"a", key="q")
        assert channel.take() == [methods.BasicNack(1)]

    def test_a_quorum_queue_counts_deliveries_for_clients_elsewhere(self):
        two = Two(is_durable=True)
        arguments = {"x-queue-type": "quorum"}
        two.declare("q", durable=True, arguments=arguments)
        channel = two.mouse.channel()
        channel.publish(b"a", key="q")
        two.settle()
        two.hare.sync()
        for count in (0, 1):
            found = channel.get()
            assert isinstance(found, Content)
            assert found.properties.headers["x-delivery-count"] == count
            channel.say(methods.BasicReject(found.tag, requeue=True))

    def test_a_stream_is_read_across_nodes(self, kept):
        arguments = {"x-queue-type": "stream"}
        kept.declare("s", durable=True, arguments=arguments)
        channel = kept.mouse.channel()
        channel.fill_stored("s", b"a", b"b")
        kept.settle()
        kept.hare.sync()
        channel.call(methods.BasicQos(prefetch_count=10))
        came = channel.consume("s", arguments={"x-stream-offset": "first"})
        assert [each.body for each in came] == [b"a", b"b"]
        channel.say(methods.BasicReject(came[0].tag))
        assert channel.client.closed_with().reply_text == (
            "NOT_IMPLEMENTED - basic.nack and basic.reject not supported by stream queues "
            "queue 's' in vhost '/'"
        )

    def test_place_forgets_where_messages_went(self, two):
        channel = two.mouse.channel()
        channel.publish(b"lost", key="q")
        assert channel.take() == []
        two.declare("q")
        channel.publish(b"a", key="q")
        assert channel.count() == 1
