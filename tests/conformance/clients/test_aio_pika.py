"""aio-pika, plain and robust."""

import asyncio
import contextlib

import aio_pika
import pytest
from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.exceptions import (
    AMQPError,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    ProbableAuthenticationError,
    QueueEmpty,
)
from aio_pika.patterns import RPC
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelLockedResource,
    ConnectionCommandInvalid,
)

from tests.conformance.clients.waiting import wait_until


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario, 30))


@contextlib.asynccontextmanager
async def opened(broker, **options):
    async with await aio_pika.connect(broker.url) as connection:
        yield await connection.channel(**options)


def test_publish_get_and_consume(broker, unique):
    async def scenario():
        async with opened(broker) as channel:
            queue = await channel.declare_queue(unique("queue"))
            for body in (b"1", b"2", b"3"):
                await channel.default_exchange.publish(Message(body), queue.name)
            first = await queue.get(no_ack=True)
            assert (first.body, first.redelivered, first.message_count) == (b"1", False, 2)
            taken = []
            async with queue.iterator() as messages:
                async for message in messages:
                    async with message.process():
                        taken.append(message.body)
                    if len(taken) == 2:
                        break
            assert taken == [b"2", b"3"]
            with pytest.raises(QueueEmpty):
                await queue.get()

    run(scenario())


def test_the_properties_arrive_as_they_were_sent(broker, unique):
    sent = {
        "content_type": "text/plain",
        "headers": {"ears": 2, "big": 2**40, "share": 0.5, "list": [1, None, {"a": True}]},
        "delivery_mode": DeliveryMode.PERSISTENT,
        "priority": 3,
        "correlation_id": "c",
        "reply_to": "r",
        "message_id": "m",
        "type": "hare",
        "user_id": "guest",
        "app_id": "app",
    }

    async def scenario():
        async with opened(broker) as channel:
            queue = await channel.declare_queue(unique("queue"))
            message = Message(b"x", expiration=60, **sent)
            await channel.default_exchange.publish(message, queue.name)
            received = await queue.get(no_ack=True)
            assert {name: getattr(received, name) for name in sent} == sent
            assert received.expiration == 60

    run(scenario())


def test_an_unroutable_message_is_returned_and_raised_if_asked_for(broker):
    async def scenario():
        async with opened(broker, on_return_raises=True) as channel:
            with pytest.raises(aio_pika.exceptions.DeliveryError) as refused:
                await channel.default_exchange.publish(Message(b"x"), "nobody")
            assert refused.value.frame.reply_code == 312
            assert refused.value.frame.reply_text == "NO_ROUTE"

    run(scenario())


def test_reject_with_requeue_redelivers(broker, unique):
    async def scenario():
        async with opened(broker) as channel:
            queue = await channel.declare_queue(unique("queue"))
            await channel.default_exchange.publish(Message(b"x"), queue.name)
            await (await queue.get()).reject(requeue=True)
            again = await queue.get()
            assert again.redelivered
            await again.ack()
            with pytest.raises(QueueEmpty):
                await queue.get()

    run(scenario())


def test_topics_reach_bound_queues(broker, unique):
    async def scenario():
        async with opened(broker) as channel:
            topic = await channel.declare_exchange(unique("exchange"), ExchangeType.TOPIC)
            queue = await channel.declare_queue("", exclusive=True)
            await queue.bind(topic, "lqz.#")
            for key in ("lqz", "other", "lqz.handsome"):
                await topic.publish(Message(key.encode()), key, mandatory=False)
            assert (await queue.get(no_ack=True)).body == b"lqz"
            assert (await queue.get(no_ack=True)).body == b"lqz.handsome"
            await queue.unbind(topic, "lqz.#")

    run(scenario())


def test_a_transaction_that_fails_publishes_nothing(broker, unique):
    class Failed(Exception):
        pass

    async def scenario():
        async with opened(broker, publisher_confirms=False) as channel:
            queue = await channel.declare_queue(unique("queue"))

            async def failing():
                async with channel.transaction():
                    await channel.default_exchange.publish(Message(b"lost"), queue.name)
                    raise Failed

            with pytest.raises(Failed):
                await failing()
            async with channel.transaction():
                await channel.default_exchange.publish(Message(b"kept"), queue.name)
            assert (await queue.get(no_ack=True)).body == b"kept"

    run(scenario())


def test_requests_are_answered_by_direct_reply_to(broker, unique):
    async def scenario():
        async with opened(broker) as channel, opened(broker) as serving:
            requests = await serving.declare_queue(unique("queue"))

            async def answer(request):
                async with request.process():
                    reply = Message(request.body * 2, correlation_id=request.correlation_id)
                    await serving.default_exchange.publish(reply, request.reply_to)

            await requests.consume(answer)
            answers = []
            replies = await channel.get_queue("amq.rabbitmq.reply-to", ensure=False)
            await replies.consume(answers.append, no_ack=True)
            for number in range(10):
                request = Message(b"%d" % number, reply_to=replies.name, correlation_id=str(number))
                await channel.default_exchange.publish(request, requests.name)
            await wait_until(lambda: len(answers) == 10)
            expected = {str(number): b"%d" % number * 2 for number in range(10)}
            assert {each.correlation_id: each.body for each in answers} == expected

    run(scenario())


def test_rpc_calls_are_answered(broker, unique):
    async def double(*, number):
        return 2 * number

    async def scenario():
        async with opened(broker) as channel:
            rpc = await RPC.create(channel)
            await rpc.register(unique("double"), double, auto_delete=True)
            answers = [rpc.call(unique("double"), {"number": number}) for number in range(10)]
            assert await asyncio.gather(*answers) == [2 * number for number in range(10)]
            await rpc.close()

    run(scenario())


REFUSED = [
    (
        lambda channel: channel.declare_queue("nowhere", passive=True),
        ChannelNotFoundEntity,
        "NOT_FOUND - no queue 'nowhere' in vhost '/'",
    ),
    (
        lambda channel: channel.get_exchange("nowhere"),
        ChannelNotFoundEntity,
        "NOT_FOUND - no exchange 'nowhere' in vhost '/'",
    ),
    (
        lambda channel: channel.declare_queue("amq.mine"),
        ChannelAccessRefused,
        "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
    ),
    (
        lambda channel: channel.declare_exchange("amq.topic", ExchangeType.FANOUT),
        ChannelPreconditionFailed,
        (
            "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.topic' in vhost '/': "
            "received 'fanout' but current is 'topic'"
        ),
    ),
]


@pytest.mark.parametrize(("attempt", "error", "text"), REFUSED)
def test_a_refusal_names_its_kind_and_reason(broker, attempt, error, text):
    async def scenario():
        async with opened(broker) as channel:
            with pytest.raises(error) as refused:
                await attempt(channel)
            assert refused.value.args == (text,)

    run(scenario())


def test_an_exclusive_queue_is_locked(broker, unique):
    async def scenario():
        async with opened(broker) as owner, opened(broker) as other:
            await owner.declare_queue(unique("queue"), exclusive=True)
            with pytest.raises(ChannelLockedResource):
                await other.declare_queue(unique("queue"), exclusive=True)

    run(scenario())


def test_an_unknown_exchange_type_ends_the_connection(broker):
    async def scenario():
        async with opened(broker) as channel:
            with pytest.raises(ConnectionCommandInvalid) as refused:
                await channel.declare_exchange("x", "unheard-of")
            assert refused.value.args == ("COMMAND_INVALID - unknown exchange type 'unheard-of'",)

    run(scenario())


def test_a_wrong_password_is_refused(broker):
    async def scenario():
        with pytest.raises(ProbableAuthenticationError) as refused:
            await aio_pika.connect(broker.url.replace(":guest@", ":wrong@"))
        assert refused.value.args == (
            (
                "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
                "For details see the broker logfile."
            ),
        )

    run(scenario())


def test_an_unknown_vhost_is_refused(broker):
    async def scenario():
        with pytest.raises(AMQPError):
            await aio_pika.connect(broker.url + "nowhere")

    run(scenario())


def test_the_secret_of_a_connection_can_be_renewed(broker):
    async def scenario():
        async with await aio_pika.connect(broker.url) as connection:
            answer = await connection.update_secret("guest", reason="it expires")
            assert type(answer).__name__ == "UpdateSecretOk"

    run(scenario())


def test_a_robust_connection_works_as_a_plain_one(broker, unique):
    async def scenario():
        async with await aio_pika.connect_robust(broker.url) as connection:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=5)
            queue = await channel.declare_queue(unique("queue"))
            taken = []
            await queue.consume(taken.append, no_ack=True)
            await channel.default_exchange.publish(Message(b"x"), queue.name)
            await wait_until(lambda: taken)
            assert taken[0].body == b"x"

    run(scenario())
