"""A mirrored queue gets another leader: what clients of the other nodes see of it."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.placing import withdraw
from leveret.wire import methods
from tests.cluster.remote.three import Three
from tests.session.harness import Content


@pytest.fixture
def three():
    return Three()


@pytest.fixture
def away(three):
    """The queue is led by hare, the client is at mouse."""
    three.declare("q")
    return three.mouse.channel()


def bodies(came):
    return [each.body for each in came if isinstance(each, Content)]


def fail_over(three, heir="vole"):
    three.kill("hare")
    three.elect(heir)


HEIRS = pytest.mark.parametrize("heir", ["mouse", "vole"])


class TestPublishing:
    @HEIRS
    def test_what_was_confirmed_is_there(self, three, away, heir):
        away.call(methods.ConfirmSelect())
        away.fill_stored("q", b"a", b"b")
        three.sync()
        assert away.take() == [methods.BasicAck(2, multiple=True)]
        fail_over(three, heir)
        assert [away.get(no_ack=True).body for _ in range(2)] == [b"a", b"b"]

    @HEIRS
    def test_what_was_not_answered_is_said_to_the_next_in_order(self, three, away, heir):
        away.call(methods.ConfirmSelect())
        away.fill_stored("q", b"a", b"b")
        assert away.take() == []
        three.kill("hare")
        away.fill_stored("q", b"c")
        assert away.take() == []
        three.elect(heir)
        assert away.take() == [methods.BasicAck(3, multiple=True)]
        assert [away.get(no_ack=True).body for _ in range(3)] == [b"a", b"b", b"c"]

    def test_what_comes_later_stands_behind_it(self, three, away):
        three.kill("hare")
        away.fill_stored("q", b"a")
        three.elect("vole")
        away.fill_stored("q", b"b")
        assert [away.get(no_ack=True).body for _ in range(2)] == [b"a", b"b"]

    def test_a_leader_to_be_keeps_what_peers_say_until_it_leads(self, three, away):
        away.call(methods.ConfirmSelect())
        three.kill("hare")
        three.announce("vole")
        away.fill_stored("q", b"a")
        assert away.take() == []
        three.lead("vole")
        assert away.take() == [methods.BasicAck(1)]

    def test_one_who_has_not_heard_of_it_yet_keeps_it_too(self, three, away):
        away.call(methods.ConfirmSelect())
        away.consume("q")
        three.kill("hare")
        before, three.living = three.living, {"mouse"}
        three.announce("vole")
        away.fill_stored("q", b"a")
        assert away.take() == []
        three.living = before
        three.leader = "hare"
        three.elect("vole")
        came = away.take()
        assert methods.BasicAck(1) in came
        assert bodies(came) == [b"a"]

    def test_one_who_is_passed_over_forgets_it(self, three, away):
        away.call(methods.ConfirmSelect())
        three.kill("hare")
        three.announce("vole")
        away.fill_stored("q", b"a")
        away.take()
        three.leader = "hare"
        three.elect("mouse")
        assert away.take() == [methods.BasicAck(1)]
        three.elect("vole")
        assert three.queue("vole").ready.count == 1

    def test_the_link_alone_was_lost(self, three, away):
        away.call(methods.ConfirmSelect())
        away.consume("q")
        three.change("hare", "mouse", is_up=False)
        away.fill_stored("q", b"a")
        assert away.take() == []
        three.change("hare", "mouse", is_up=True)
        three.sync()
        came = away.take()
        assert bodies(came) == [b"a"]
        assert methods.BasicAck(1) in came

    def test_what_the_leader_has_taken_it_does_not_take_again(self, three, away):
        """The answer was lost with the link; the message has gone to somebody, and was acked."""
        away.call(methods.ConfirmSelect())
        taker = three.vole.channel()
        taker.consume("q")
        links = three.links["hare"].to("mouse")
        links.is_held = True
        away.fill_stored("q", b"a")
        three.sync()
        (came,) = [each for each in taker.take() if isinstance(each, Content)]
        taker.say(methods.BasicAck(came.method.delivery_tag))
        three.sync()
        three.change("hare", "mouse", is_up=False)
        away.fill_stored("q", b"b")
        assert away.take() == []
        three.change("hare", "mouse", is_up=True)
        three.sync()
        assert away.take() == [methods.BasicAck(2, multiple=True)]
        assert bodies(taker.take()) == [b"b"]

    def test_of_a_leader_s_next_reign_nothing_is_known(self, three, away):
        """What it had taken was not safe when another took over: it is said to it again."""
        away.call(methods.ConfirmSelect())
        away.fill_stored("q", b"a")
        assert away.take() == []
        three.change("mouse", "vole", is_up=False)
        three.elect("vole")
        assert three.queue().ready.count == 0
        three.elect("hare")
        assert away.take() == [methods.BasicAck(1)]
        assert away.get(no_ack=True).body == b"a"

    def test_a_mandatory_message_is_not_returned_meanwhile(self, three, away):
        three.kill("hare")
        away.publish(b"a", key="q", mandatory=True)
        assert away.take() == []

    def test_a_commit_waits_for_the_next(self, three, away):
        away.call(methods.TxSelect())
        away.fill_stored("q", b"a")
        three.kill("hare")
        away.say(methods.TxCommit())
        assert away.take() == []
        three.elect("mouse")
        assert away.take() == [methods.TxCommitOk()]
        assert away.count() == 1

    def test_a_commit_goes_to_who_leads_by_then(self, three, away):
        away.call(methods.TxSelect())
        away.fill_stored("q", b"a")
        fail_over(three, "mouse")
        away.say(methods.TxCommit())
        three.sync()
        assert away.take() == [methods.TxCommitOk()]
        assert away.count() == 1

    @HEIRS
    def test_bindings_lead_to_it(self, three, away, heir):
        for node in ("mouse", "vole"):
            vhost = three.worlds[node].vhost
            vhost.bind(Binding(vhost.exchanges["amq.topic"], three.queue(node), "a.#"))
        fail_over(three, heir)
        away.publish(b"a", exchange="amq.topic", key="a.b")
        assert away.get().body == b"a"

    def test_publishers_are_held_while_too_much_stands_out(self, three, away):
        three.kill("hare")
        for _ in range(6):
            away.publish(b"x" * 2**20, key="q")
        assert away.client.is_reading_held
        three.elect("vole")
        away.take()
        assert not away.client.is_reading_held
        assert three.queue().ready.count == 6


class TestConsuming:
    @HEIRS
    def test_a_consumer_goes_on(self, three, away, heir):
        away.fill_stored("q", b"a")
        three.sync()
        assert bodies(away.consume("q")) == [b"a"]
        fail_over(three, heir)
        (again,) = away.take()
        assert (again.body, again.method.redelivered) == (b"a", True)
        away.ack(again.tag)
        three.vole.channel().fill_stored("q", b"b")
        assert bodies(away.take()) == [b"b"]

    @HEIRS
    def test_an_ack_of_what_the_last_leader_delivered_goes_nowhere(self, three, away, heir):
        away.fill_stored("q", b"a")
        three.sync()
        (first,) = away.consume("q")
        fail_over(three, heir)
        (again,) = away.take()
        away.ack(first.tag)
        assert away.take() == []
        assert three.queue().tally.unacknowledged == 1
        away.ack(again.tag)
        three.settle()
        assert three.queue().tally.unacknowledged == 0
        close = away.refusal(methods.BasicAck(first.tag))
        assert close.reply_code == 406

    @HEIRS
    def test_what_is_held_counts_until_it_is_acknowledged(self, three, away, heir):
        away.call(methods.BasicQos(prefetch_count=1))
        away.fill_stored("q", b"a", b"b")
        three.sync()
        (first,) = away.consume("q")
        fail_over(three, heir)
        assert away.take() == []
        away.ack(first.tag)
        (again,) = away.take()
        assert again.body == b"a"

    @HEIRS
    def test_one_that_wants_to_hear_of_it_is_cancelled(self, three, away, heir):
        away.consume("q", arguments={"x-cancel-on-ha-failover": True})
        fail_over(three, heir)
        assert away.take() == [methods.BasicCancel("c", nowait=True)]
        assert len(three.queue().consumers) == 0

    @HEIRS
    def test_one_that_came_while_nobody_led_is_served_by_the_next(self, three, away, heir):
        away.fill_stored("q", b"a")
        three.sync()
        three.kill("hare")
        away.say(methods.BasicConsume(queue="q", consumer_tag="c"))
        assert away.take() == []
        three.elect(heir)
        ok, delivered = away.take()
        assert ok == methods.BasicConsumeOk("c")
        assert delivered.body == b"a"

    def test_one_that_is_cancelled_meanwhile_is_gone(self, three, away):
        away.consume("q")
        three.kill("hare")
        assert away.call(methods.BasicCancel("c")) == methods.BasicCancelOk("c")
        three.elect("vole")
        assert len(three.queue().consumers) == 0

    @HEIRS
    def test_a_channel_that_goes_meanwhile_leaves_nothing(self, three, away, heir):
        three.kill("hare")
        away.say(methods.BasicConsume(queue="q"))
        away.client.hang_up()
        three.elect(heir)
        assert len(three.queue().consumers) == 0

    def test_a_single_active_consumer_stays_the_only_one(self, three):
        three.declare("q", arguments={"x-single-active-consumer": True})
        one, two = three.mouse.channel(), three.vole.channel()
        one.consume("q")
        two.consume("q")
        fail_over(three, "mouse")
        three.vole.channel().fill_stored("q", b"a", b"b")
        three.settle()
        came = bodies(one.take()), bodies(two.take())
        assert sorted(came) == [[], [b"a", b"b"]]

    def test_a_global_limit_holds_across_it(self, three, away):
        away.call(methods.BasicQos(prefetch_count=2, global_=True))
        away.fill_stored("q", b"a", b"b", b"c")
        three.sync()
        came = away.consume("q")
        assert bodies(came) == [b"a", b"b"]
        fail_over(three, "mouse")
        assert away.take() == []
        away.ack(came[0].tag)
        assert bodies(away.take()) == [b"a"]


class TestAsking:
    @HEIRS
    @pytest.mark.parametrize(
        ("method", "answer"),
        [
            (methods.QueueDeclare(queue="q", passive=True), methods.QueueDeclareOk("q", 1, 0)),
            (methods.QueueDeclare(queue="q", durable=True), methods.QueueDeclareOk("q", 1, 0)),
            (methods.QueuePurge(queue="q"), methods.QueuePurgeOk(1)),
        ],
    )
    def test_who_asks_waits_for_the_next(self, three, away, heir, method, answer):
        away.fill_stored("q", b"a")
        three.sync()
        three.kill("hare")
        away.say(method)
        assert away.take() == []
        three.elect(heir)
        assert away.take() == [answer]

    @HEIRS
    def test_who_gets_does_too(self, three, away, heir):
        away.fill_stored("q", b"a")
        three.sync()
        three.kill("hare")
        away.say(methods.BasicGet(queue="q"))
        assert away.take() == []
        three.elect(heir)
        (found,) = away.take()
        assert found.body == b"a"
        away.ack(found.tag)
        three.sync()
        assert three.queue().ready.count == 0
        assert three.queue().tally.unacknowledged == 0

    def test_nobody_waits_for_ever(self, three, away):
        three.kill("hare")
        away.say(methods.BasicGet(queue="q"))
        three.pass_time(14)
        assert away.take() == []
        three.pass_time(2)
        (close,) = away.take()
        assert close.reply_text == (
            "NOT_FOUND - home node 'hare' of durable queue 'q' in vhost '/' is down or inaccessible"
        )
        three.elect("vole")
        assert three.mouse.channel().count() == 0

    def test_a_leader_to_be_that_never_leads_is_down(self, three, away):
        three.kill("hare")
        three.announce("vole")
        three.pass_time(16)
        close = away.refusal(methods.BasicGet(queue="q"))
        assert "home node 'vole'" in close.reply_text


class TestSteppingDown:
    def test_a_leader_hands_over_and_nothing_comes_twice(self, three, away):
        at_home = three.hare.channel()
        for channel in (away, at_home):
            channel.call(methods.ConfirmSelect())
            channel.fill_stored("q", b"a")
        three.settle()
        queue = three.queue("hare")
        three.homes["hare"].follow(three.hare.vhost, "q", "hare", is_mirrored=True)
        for channel in (away, at_home):
            channel.fill_stored("q", b"b")
        three.settle()
        three.hare.sync()
        three.settle()
        assert away.take() == [methods.BasicAck(1)]
        assert at_home.take() == [methods.BasicAck(1)]
        assert queue.is_deleted
        three._log = set(three.hare.engine.messages.positions(queue.number))
        three._before = three.hare.engine.messages, queue.number
        three.leader = "vole"
        for node in ("hare", "mouse", "vole"):
            vhost = three.worlds[node].vhost
            three.homes[node].follow(vhost, "q", "vole", is_mirrored=True)
        three.lead("vole")
        assert away.take() == [methods.BasicAck(2)]
        assert at_home.take() == [methods.BasicAck(2)]
        assert three.queue().ready.count == 4

    def test_consumers_of_all_nodes_go_on(self, three, away):
        at_home, elsewhere = three.hare.channel(), three.vole.channel()
        for channel in (away, at_home, elsewhere):
            channel.consume("q")
        three.elect("vole")
        assert len(three.queue().consumers) == 3
        three.hare.channel().fill_stored("q", b"a", b"b", b"c")
        came = [bodies(channel.take()) for channel in (away, at_home, elsewhere)]
        assert sorted(came) == [[b"a"], [b"b"], [b"c"]]

    def test_what_the_last_leader_had_out_is_out_no_more(self, three, away):
        at_home = three.hare.channel()
        away.fill_stored("q", b"a")
        three.sync()
        (held,) = at_home.consume("q")
        three.elect("mouse")
        (again,) = at_home.take()
        assert (again.body, again.method.redelivered) == (b"a", True)
        at_home.say(methods.BasicNack(held.tag, requeue=True))
        at_home.ack(again.tag)
        at_home.take()
        assert three.queue().ready.count == three.queue().tally.unacknowledged == 0

    def test_it_may_lead_again(self, three, away):
        away.consume("q")
        three.elect("hare")
        assert len(three.queue().consumers) == 1
        away.fill_stored("q", b"a")
        assert bodies(away.take()) == [b"a"]


class TestTheEnd:
    def test_a_queue_that_is_deleted_meanwhile(self, three, away):
        away.call(methods.ConfirmSelect())
        away.consume("q")
        three.kill("hare")
        away.fill_stored("q", b"a")
        away.say(methods.QueueDeclare(queue="q", passive=True))
        withdraw(three.mouse.vhost, three.queue("mouse"))
        three.settle()
        came = away.take()
        assert methods.BasicNack(1) in came
        assert came[-1].reply_text == "NOT_FOUND - no queue 'q' in vhost '/'"

    def test_who_deletes_it_hears_that_it_is_gone(self, three, away):
        three.kill("hare")
        away.say(methods.QueueDelete(queue="q"))
        withdraw(three.mouse.vhost, three.queue("mouse"))
        assert away.take() == [methods.QueueDeleteOk(0)]

    def test_its_home_says_how_much_went_when_the_metadata_were_quicker(self, three, away):
        away.fill_stored("q", b"a", b"b")
        three.sync()
        three.links["hare"].to("mouse").is_held = True
        away.say(methods.QueueDelete(queue="q"))
        assert away.take() == []
        withdraw(three.mouse.vhost, three.queue("mouse"))
        assert away.take() == []
        three.links["hare"].to("mouse").is_held = False
        three.hare.sync()
        assert away.take() == [methods.QueueDeleteOk(2)]

    def test_a_home_that_is_lost_before_it_has_said_so(self, three, away):
        three.links["hare"].to("mouse").is_held = True
        away.say(methods.QueueDelete(queue="q"))
        away.take()
        withdraw(three.mouse.vhost, three.queue("mouse"))
        three.kill("hare")
        assert away.take() == [methods.QueueDeleteOk(0)]

    def test_a_queue_that_is_deleted_at_its_leader_ends_its_consumers(self, three, away):
        away.consume("q")
        three.hare.vhost.remove_queue(three.queue("hare"))
        assert away.take() == [methods.BasicCancel("c", nowait=True)]

    def test_one_that_is_mirrored_no_more_goes_with_its_home(self, three, away):
        away.consume("q")
        three.homes["mouse"].follow(three.mouse.vhost, "q", "hare", is_mirrored=False)
        assert away.take() == []
        three.kill("hare")
        assert away.take() == [methods.BasicCancel("c", nowait=True)]
        assert "is down or inaccessible" in away.refusal(methods.BasicGet(queue="q")).reply_text


class TestDeadLetters:
    """A queue of mouse whose dead go to the mirrored one."""

    @pytest.fixture
    def dying(self, three):
        three.declare("q")
        options = QueueOptions(
            durable=True,
            arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q"},
        )
        queue = three.mouse.vhost.create_queue("dying", options, None)
        three.mouse.sync()
        return queue

    def die(self, three):
        channel = three.mouse.channel()
        channel.fill_stored("dying", b"a")
        channel.say(methods.BasicReject(channel.get("dying").tag))

    def kept(self, three, dying):
        return len(three.mouse.engine.messages.positions(dying.number))

    def test_one_is_let_go_of_when_it_is_safe_where_it_goes(self, three, dying):
        self.die(three)
        three.settle()
        assert self.kept(three, dying) == 1
        three.sync()
        assert self.kept(three, dying) == 0

    def test_one_outlives_the_leader(self, three, dying):
        self.die(three)
        fail_over(three)
        assert three.queue().ready.count == 1
        assert self.kept(three, dying) == 0

    def test_many_wait_for_a_home_that_does_not_keep_up(self, three, dying):
        channel = three.mouse.channel()
        channel.fill_stored("dying", *[b"x" * 2**20] * 8)
        three.kill("hare")
        channel.consume("dying")
        channel.say(methods.BasicNack(0, multiple=True))
        three.settle()
        assert len(three.queue("mouse")._publishes) < 8
        assert self.kept(three, dying) == 8
        three.elect("vole")
        for _one_at_a_time in range(8):
            three.sync()
        assert three.queue().ready.count == 8
        assert self.kept(three, dying) == 0
