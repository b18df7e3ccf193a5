"""A broker and the model of its queues, taken through the same steps and compared after each.

One connection does everything, so that what the broker sends has one order. After each step the
disk is synced and all that is due is done: between steps nothing is under way.
"""

from leveret.broker.broker import Broker
from leveret.broker.policies import Policy
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.broker.domain import HandAgenda, random_bytes
from tests.session import harness
from tests.simulation.queues.letters import Letter
from tests.simulation.queues.model import Consumer, Model, Wrong

NAMES = ("q0", "q1", "q2", "q3")
BOUND = ("q2", "q3")
PUBLISHER, GETTER = 1, 4
CONSUMING = (2, 3)
CHANNELS = (PUBLISHER, *CONSUMING, GETTER)
TURNS = 6
TURNS_MAX = 300
ROUNDS_MAX = 200


class Endless(Exception):
    """A message that somebody rejected goes round for ever, as in RabbitMQ: this life is over."""


class World:
    """told: what has happened, for people."""

    def __init__(self):
        self.told = []
        self._broker = harness.World(is_durable=True)
        self._model = Model(self._broker.agenda.clock())
        self._declared = {}
        self._published = 0
        self._tags = 0
        self._restarts = 0
        # Queues of consumers that the model is yet to hear of.
        self._newcomers = {}
        self._turns_left = TURNS_MAX
        self._connect()

    def take(self, step):
        self.told.append(step.kind)
        self._turns_left = TURNS_MAX
        if step.kind != "found":
            self._declare_missing()
        getattr(self, f"_{step.kind}")(step)
        # What has come to the front with its time over does not stay there.
        self._model.pass_time(self._model.now)
        self._check()

    def end(self):
        """Everything comes back, and leaves in order."""
        self._turns_left = TURNS_MAX * 10
        for number in (*CONSUMING, GETTER):
            self._reopen(number)
        self._check()
        for name in list(self._model.queues):
            while self._got(name):
                self._check()

    # Founding --------------------------------------------------------------------------------

    def _connect(self):
        self._limit_turns(self._broker.agenda)
        self._client = self._broker.client()
        self._channels = {number: self._client.channel(number) for number in CHANNELS}
        self._model.out = {number: {} for number in CHANNELS}
        self._channels[PUBLISHER].call(methods.ConfirmSelect())
        self._confirms = 0

    def _limit_turns(self, agenda):
        run = agenda.run

        def counted():
            self._turns_left -= 1
            assert self._turns_left, "the broker comes to no rest"
            if any(map(goes_round, self._broker.vhost.dead_letters._waiting)):
                raise Endless
            run()

        agenda.run = counted

    def _found(self, step):
        kind = methods.ExchangeDeclare(exchange="dead", exchange_type="fanout", durable=True)
        self._do(PUBLISHER, kind)
        for place, name in enumerate(NAMES):
            dice = step.dice[place * 25 : place * 25 + 25]
            arguments = own_times(arguments_of(dice), place)
            is_quorum = "x-queue-type" in arguments
            self._declared[name] = (arguments, is_quorum or dice[24] < 0.75)
            self._declare(name)

    def _declare_missing(self):
        for name in NAMES:
            if name in self._declared and name not in self._model.queues:
                self._declare(name)

    def _declare(self, name):
        arguments, is_durable = self._declared[name]
        self.told.append(f"  declare {name} {arguments} {'durable' if is_durable else ''}")
        # What an earlier queue of this name had as a policy goes with it.
        if name in self._policies():
            self._broker.broker.parameters.clear_policy("/", name)
        self._do(
            PUBLISHER,
            methods.QueueDeclare(queue=name, durable=is_durable, arguments=arguments),
        )
        if name in BOUND:
            self._do(PUBLISHER, methods.QueueBind(queue=name, exchange="dead"))
        self._model.declare(name, arguments, is_durable=is_durable, is_bound=name in BOUND)

    def _policies(self):
        return self._broker.vhost.policies.user.by_name

    # Both sides ------------------------------------------------------------------------------

    def _do(self, number, *said):
        """Say it, let everything come to rest, and give what was answered but deliveries."""
        self._channels[number].say(*said)
        return self._rest()

    def _rest(self):
        for _ in range(TURNS):
            self._broker.sync()
            self._broker.engine.spilling.sync()
            self._broker.pass_time()
        answers = []
        heard = self._model.heard = {}
        tags = {each.tag: each.queue.name for each in self._consumers()}
        for number, said in self._client.take_all():
            content = getattr(said, "method", None)
            if isinstance(content, methods.BasicDeliver):
                name = tags.get(content.consumer_tag, self._newcomers.get(content.consumer_tag))
                heard.setdefault(name, []).append(said)
                self.told.append(f"    {name}: {said} to {content.consumer_tag}")
            else:
                answers.append((number, said))
        return answers

    def _consumers(self):
        return [each for queue in self._model.queues.values() for each in queue.consumers]

    def _check(self):
        """The two agree, and the store keeps what is waiting or out, and nothing else."""
        left = {name: heard for name, heard in self._model.heard.items() if heard}
        if left:
            raise Wrong(f"delivered beyond what the model says: {left}")
        there = self._broker.vhost.queues
        counts = {name: (each.ready.count, len(each.consumers)) for name, each in there.items()}
        expected = {
            name: (len(each.waiting), len(each.consumers))
            for name, each in self._model.queues.items()
        }
        if counts != expected:
            raise Wrong(f"waiting and consumers: {counts} instead of {expected}")
        self._check_store()

    def _check_store(self):
        out = [entry for held in self._model.out.values() for entry in held.values()]
        for name, queue in self._model.queues.items():
            copies = [*queue.waiting, *(copy for other, copy, _ in out if other is queue)]
            count = sum(1 for copy in copies if copy.is_stored)
            number = self._broker.vhost.queues[name].number
            kept = len(self._broker.engine.messages.positions(number)) if number else 0
            if kept != count:
                raise Wrong(f"the store keeps {kept} messages of {name} instead of {count}")

    # Publishing and getting ------------------------------------------------------------------

    def _publish(self, step):
        # No two messages have the same time: whose is over first is then no matter of chance.
        self._wait(0.000137)
        self._published += 1
        name = step.one_of(0, NAMES)
        letter = Letter(
            f"m{self._published}",
            "",
            name,
            5 + step.below(1, 3) * 20,
            self._model.now,
            ttl_ms=step.one_of(2, (0, 300, 4000)) + step.below(3, 90)
            if step.dice[4] < 0.3
            else None,
            priority=step.below(5, 5),
            is_persistent=step.dice[6] < 0.7,
        )
        if letter.ttl_ms is not None and step.dice[7] < 0.2:
            letter.ttl_ms = 0
        self.told.append(f"  {letter}")
        properties = Properties(
            delivery_mode=2 if letter.is_persistent else None,
            priority=letter.priority or None,
            expiration=None if letter.ttl_ms is None else str(letter.ttl_ms),
        )
        body = letter.name.encode().ljust(letter.octets, b".")
        self._channels[PUBLISHER].publish(body, key=name, properties=properties)
        answers = self._rest()
        is_taken = self._model.publish(letter, [name])
        self._confirms += 1
        confirm = methods.BasicAck if is_taken else methods.BasicNack
        if answers != [(PUBLISHER, confirm(self._confirms))]:
            raise Wrong(f"{answers} instead of {confirm.__name__}({self._confirms})")

    def _get(self, step):
        self._got(step.one_of(0, NAMES), no_ack=step.dice[1] < 0.4)

    def _got(self, name, *, no_ack=True):
        """Whether there was something."""
        self.told.append(f"  get {name}")
        ((_number, answer),) = self._do(GETTER, methods.BasicGet(queue=name, no_ack=no_ack))
        queue = self._model.queues[name]
        copy = self._model.get(queue)
        if copy is None or isinstance(answer, methods.BasicGetEmpty):
            if copy is None and isinstance(answer, methods.BasicGetEmpty):
                return False
            raise Wrong(f"{answer} instead of {copy}")
        self._model.compare(queue, copy, answer, is_got=True)
        if not len(queue.waiting) <= answer.method.message_count <= self._model.most_left:
            raise Wrong(f"{answer.method} instead of {len(queue.waiting)} left")
        if not no_ack:
            self._model.out[GETTER][answer.tag] = (queue, copy, None)
        return True

    def _purge(self, step):
        queue = self._model.queues[step.one_of(0, NAMES)]
        answers = self._do(PUBLISHER, methods.QueuePurge(queue=queue.name))
        if answers != [(PUBLISHER, methods.QueuePurgeOk(len(queue.waiting)))]:
            raise Wrong(f"{answers} instead of {len(queue.waiting)}")
        queue.waiting.clear()

    # Consuming -------------------------------------------------------------------------------

    def _consume(self, step):
        number = step.one_of(0, CONSUMING)
        self._tags += 1
        consumer = Consumer(
            f"c{self._tags}",
            number,
            self._model.queues[step.one_of(1, NAMES)],
            prefetch=step.one_of(2, (0, 1, 2, 3)),
            no_ack=step.dice[3] < 0.25,
            priority=step.one_of(4, (0, 0, 0, 1, 2)),
        )
        self.told.append(
            f"  {consumer.tag} on {number} from {consumer.queue.name}, prefetch "
            f"{consumer.prefetch}, priority {consumer.priority}, no_ack {consumer.no_ack}"
        )
        self._newcomers = {consumer.tag: consumer.queue.name}
        consumed = methods.BasicConsume(
            queue=consumer.queue.name,
            consumer_tag=consumer.tag,
            no_ack=consumer.no_ack,
            arguments={"x-priority": consumer.priority},
        )
        self._do(number, methods.BasicQos(prefetch_count=consumer.prefetch), consumed)
        self._model.subscribe(consumer)

    def _cancel(self, step):
        if not self._consumers():
            return
        consumer = step.one_of(0, self._consumers())
        self.told.append(f"  cancel {consumer.tag}")
        self._do(consumer.channel, methods.BasicCancel(consumer.tag))
        self._model.unsubscribe(consumer)
        self._model.serve(consumer.queue)

    def _ack(self, step):
        self._settle(step, "ack", lambda tag, multiple: methods.BasicAck(tag, multiple=multiple))

    def _nack(self, step):
        self._settle(
            step,
            "requeue",
            lambda tag, multiple: methods.BasicNack(tag, multiple=multiple, requeue=True),
        )

    def _reject(self, step):
        self._settle(
            step,
            "reject",
            lambda tag, multiple: methods.BasicNack(tag, multiple=multiple, requeue=False),
        )

    def _settle(self, step, how, method):
        channels = [number for number, out in self._model.out.items() if out]
        if not channels:
            return
        number = step.one_of(0, channels)
        out = self._model.out[number]
        tag = step.one_of(1, list(out))
        is_multiple = step.dice[2] < 0.3
        self.told.append(f"  {tag} on {number}{' and before' if is_multiple else ''}")
        self._do(number, method(tag, is_multiple))
        tags = [each for each in out if each == tag or (is_multiple and each < tag)]
        self._model.settle([out.pop(each) for each in tags], how)

    def _close_channel(self, step):
        self._reopen(step.one_of(0, (*CONSUMING, GETTER)))

    def _reopen(self, number):
        self.told.append(f"  close {number}")
        self._do(number, methods.ChannelClose(200, "bye"))
        gone = [each for each in self._consumers() if each.channel == number]
        for consumer in gone:
            self._model.unsubscribe(consumer)
        out = self._model.out[number]
        self._model.out[number] = {}
        self._model.settle(list(out.values()), "requeue")
        for consumer in gone:
            if not consumer.queue.is_gone:
                self._model.serve(consumer.queue)
        self._do(number, methods.ChannelOpen())

    # Time, policies, restarts ----------------------------------------------------------------

    def _pass_time(self, step):
        seconds = round(step.dice[0] * (5 if step.dice[1] < 0.2 else 0.5), 6)
        self.told.append(f"  {seconds} s")
        self._wait(seconds)

    def _wait(self, seconds):
        self._broker.pass_time(seconds)
        self._rest()
        self._model.pass_time(self._broker.agenda.clock())
        self._declare_missing()

    def _policy(self, step):
        name = step.one_of(0, NAMES)
        definition = own_times(policy_of(step.dice[1:]), NAMES.index(name))
        if any(each.letter.published_at is None for each in self._model.queues[name].waiting):
            # Since when a message waits that came before time mattered is known if it was on disk.
            definition.pop("message-ttl", None)
        self.told.append(f"  {name} follows {definition}")
        parameters = self._broker.broker.parameters
        if definition:
            parameters.set_policy("/", Policy(name, f"^{name}$", definition, 0, "queues"))
        elif name in self._policies():
            parameters.clear_policy("/", name)
        self._rest()
        self._model.follow(self._model.queues[name], definition)

    def _restart(self, _step):
        self._restarts += 1
        agenda = HandAgenda()
        agenda.hand.now = self._broker.agenda.hand.now
        again = harness.World(is_durable=True)
        again.agenda = agenda
        again.engine = self._broker.engine.restarted(
            agenda, self._restarts * 1_000_000, self._restarts * 1000
        )
        again.broker = Broker(agenda.clock, random_bytes(), storage=again.engine.storage)
        again.broker.agenda = agenda
        self._broker = again
        again.broker.restore()
        self._model.restart()
        self._connect()
        self._rest()


def goes_round(dead):
    """It was rejected, and has died of something else hundreds of times, in one turn."""
    deaths = dead.message.headers.get("x-death", [])
    is_rejected = any(each["reason"] == "rejected" for each in deaths)
    return is_rejected and any(each["count"] > ROUNDS_MAX for each in deaths)


def own_times(rules, place):
    """No two queues have the same times: what is over in which first is no matter of chance."""
    return {
        name: value + 7 * place if value and name.endswith(("message-ttl", "expires")) else value
        for name, value in rules.items()
    }


def arguments_of(dice):
    """Of a queue.declare: any of the rules, or none."""
    found = {}
    for place, (name, share, choices) in enumerate(ARGUMENTS):
        if dice[place] < share:
            found[name] = choices[int(dice[12 + place] * len(choices))]
    if "x-dead-letter-exchange" not in found:
        found.pop("x-dead-letter-routing-key", None)
    if "x-queue-type" in found:
        for name in ("x-max-priority", "x-queue-mode"):
            found.pop(name, None)
    return found


ARGUMENTS = (
    ("x-message-ttl", 0.3, (0, 211, 1511, 4003)),
    ("x-expires", 0.15, (907, 3001)),
    ("x-max-length", 0.35, (1, 2, 3, 5)),
    ("x-max-length-bytes", 0.25, (5, 50, 100)),
    ("x-overflow", 0.6, ("drop-head", "reject-publish", "reject-publish-dlx")),
    ("x-max-priority", 0.3, (1, 3)),
    ("x-dead-letter-exchange", 0.7, ("", "", "dead", "nowhere")),
    ("x-dead-letter-routing-key", 0.6, NAMES),
    ("x-single-active-consumer", 0.3, (True,)),
    ("x-delivery-limit", 0.3, (1, 2, 3)),
    ("x-queue-mode", 0.15, ("lazy",)),
    ("x-queue-type", 0.2, ("quorum",)),
)
POLICY = (
    ("message-ttl", (307, 2003)),
    ("expires", (1103, 2503)),
    ("max-length", (1, 2, 4)),
    ("max-length-bytes", (30, 70)),
    ("overflow", ("drop-head", "reject-publish")),
    ("dead-letter-exchange", ("", "dead")),
)


def policy_of(dice):
    """Two keys, one, or none."""
    found = {}
    for number in range(int(dice[0] * 3)):
        name, choices = POLICY[int(dice[1 + number] * len(POLICY))]
        found[name] = choices[int(dice[3 + number] * len(choices))]
    return found
