// What Node's amqplib sees of a broker. A scenario with one parameter is given an open connection,
// a confirm channel and an empty queue; one with two is given the URL and a prefix for names.

import assert from "node:assert/strict";
import { once } from "node:events";
import amqp from "amqplib";

function consumed(channel, queue, count, options) {
  const messages = [];
  return new Promise((resolve, reject) => {
    channel
      .consume(
        queue,
        (message) => {
          messages.push(message);
          if (messages.length === count) resolve(messages);
        },
        options,
      )
      .catch(reject);
  });
}

async function refused(connection, code, text, attempt) {
  const channel = await connection.createChannel();
  channel.on("error", () => {}); // The rejected promise says the same.
  await assert.rejects(attempt(channel), (error) => {
    assert.equal(error.code, code);
    assert.ok(error.message.endsWith(`with message "${text}"`), error.message);
    return true;
  });
}

export async function publishesAndConsumesInOrder({ channel, queue }) {
  for (const body of ["one", "two", "three"]) channel.sendToQueue(queue, Buffer.from(body));
  await channel.waitForConfirms();
  const messages = await consumed(channel, queue, 3);
  assert.deepEqual(messages.map((each) => each.content.toString()), ["one", "two", "three"]);
  assert.deepEqual(messages.map((each) => each.fields.deliveryTag), [1, 2, 3]);
  messages.forEach((each) => channel.ack(each));
}

export async function getsNacksAndGetsAgain({ channel, queue }) {
  channel.sendToQueue(queue, Buffer.from("x"));
  await channel.waitForConfirms();
  const first = await channel.get(queue);
  assert.equal(first.fields.redelivered, false);
  channel.nack(first);
  const again = await channel.get(queue);
  assert.equal(again.fields.redelivered, true);
  channel.ack(again);
  assert.equal(await channel.get(queue), false);
}

export async function carriesPropertiesAndHeaders({ channel, queue }) {
  const headers = {
    text: "zaječí",
    yes: true,
    small: 7,
    big: 2 ** 40,
    share: 0.25,
    nothing: null,
    list: [1, "two", { three: 3 }],
    table: { inner: { deeper: 1 } },
  };
  const options = {
    headers,
    contentType: "text/plain",
    contentEncoding: "utf-8",
    persistent: true,
    priority: 3,
    correlationId: "c",
    replyTo: "r",
    expiration: "60000",
    messageId: "m",
    timestamp: 1700000000,
    type: "hare",
    userId: "guest",
    appId: "app",
  };
  channel.sendToQueue(queue, Buffer.from("x"), options);
  await channel.waitForConfirms();
  const { properties } = await channel.get(queue, { noAck: true });
  assert.deepEqual({ ...properties.headers }, headers);
  assert.equal(properties.deliveryMode, 2);
  for (const name of Object.keys(options)) {
    if (name === "headers" || name === "persistent") continue;
    assert.equal(properties[name], options[name], name);
  }
}

export async function returnsWhatHasNoRoute({ channel }) {
  const returned = once(channel, "return");
  channel.publish("", "nobody", Buffer.from("x"), { mandatory: true });
  const [message] = await returned;
  assert.equal(message.fields.replyCode, 312);
  assert.equal(message.fields.replyText, "NO_ROUTE");
  await channel.waitForConfirms();
}

export async function holdsNoMoreThanItsPrefetch({ connection, channel, queue }) {
  for (let n = 0; n < 5; n++) channel.sendToQueue(queue, Buffer.from(String(n)));
  await channel.waitForConfirms();
  const worker = await connection.createChannel();
  await worker.prefetch(2);
  const messages = await consumed(worker, queue, 2);
  assert.equal((await channel.checkQueue(queue)).messageCount, 3);
  worker.ack(messages[1], true);
  await worker.close();
}

export async function learnsThatItsQueueWasDeleted({ connection, channel, queue }) {
  const cancelled = new Promise((resolve, reject) => {
    channel.consume(queue, (message) => message === null && resolve()).catch(reject);
  });
  await channel.checkQueue(queue);
  await (await connection.createChannel()).deleteQueue(queue);
  await cancelled;
}

export async function routesByTopicAndBetweenExchanges({ channel, queue, prefix }) {
  const [entry, inner] = [`${prefix}-entry`, `${prefix}-inner`];
  await channel.assertExchange(entry, "topic", { durable: false });
  await channel.assertExchange(inner, "fanout", { durable: false, internal: true });
  await channel.bindExchange(inner, entry, "lqz.#");
  await channel.bindQueue(queue, inner, "");
  for (const key of ["lqz", "other", "lqz.handsome.xx"]) {
    channel.publish(entry, key, Buffer.from(key));
  }
  await channel.waitForConfirms();
  const keys = [];
  for (let got; (got = await channel.get(queue, { noAck: true })); ) keys.push(got.fields.routingKey);
  assert.deepEqual(keys, ["lqz", "lqz.handsome.xx"]);
  await channel.unbindQueue(queue, inner, "");
  await channel.unbindExchange(inner, entry, "lqz.#");
  await channel.deleteExchange(inner);
  await channel.deleteExchange(entry);
}

export async function answersByDirectReplyTo({ channel, queue }) {
  const answered = consumed(channel, "amq.rabbitmq.reply-to", 1, { noAck: true });
  await channel.consume(queue, (request) => {
    channel.sendToQueue(request.properties.replyTo, Buffer.from("pong"), {
      correlationId: request.properties.correlationId,
    });
    channel.ack(request);
  });
  channel.sendToQueue(queue, Buffer.from("ping"), {
    replyTo: "amq.rabbitmq.reply-to",
    correlationId: "c",
  });
  const [answer] = await answered;
  assert.equal(answer.content.toString(), "pong");
  assert.equal(answer.properties.correlationId, "c");
}

export async function carriesBigAndEmptyBodies({ channel, queue }) {
  const big = Buffer.alloc(2 * 1024 * 1024, "hare");
  channel.sendToQueue(queue, big);
  channel.sendToQueue(queue, Buffer.alloc(0));
  await channel.waitForConfirms();
  assert.ok((await channel.get(queue, { noAck: true })).content.equals(big));
  assert.equal((await channel.get(queue, { noAck: true })).content.length, 0);
}

export async function recoversWhatIsOut({ channel, queue }) {
  channel.sendToQueue(queue, Buffer.from("x"));
  await channel.waitForConfirms();
  await channel.get(queue);
  await channel.recover();
  assert.equal((await channel.get(queue, { noAck: true })).fields.redelivered, true);
}

export async function isRefusedWithCodeAndText({ connection, queue }) {
  await refused(connection, 404, "NOT_FOUND - no queue 'nowhere' in vhost '/'", (channel) =>
    channel.checkQueue("nowhere"),
  );
  await refused(
    connection,
    403,
    "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
    (channel) => channel.assertExchange("amq.mine", "direct"),
  );
  await refused(
    connection,
    406,
    `PRECONDITION_FAILED - inequivalent arg 'durable' for queue '${queue}' in vhost '/': ` +
      "received 'true' but current is 'false'",
    (channel) => channel.assertQueue(queue, { durable: true }),
  );
}

export async function renewsItsSecret({ connection }) {
  await connection.updateSecret(Buffer.from("guest"), "it expires");
  await connection.createChannel();
}

export async function survivesIdleOnHeartbeats(url, _prefix) {
  const connection = await amqp.connect(`${url}?heartbeat=1`);
  const failed = once(connection, "error").then(([error]) => Promise.reject(error));
  const idle = new Promise((resolve) => setTimeout(resolve, 3200)); // More than two intervals.
  await Promise.race([failed, idle]);
  await connection.createChannel();
  await connection.close();
}

export async function isTurnedAwayWithAWrongPassword(url, _prefix) {
  await assert.rejects(amqp.connect(url.replace(":guest@", ":wrong@")), {
    message:
      'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - ' +
      "Login was refused using authentication mechanism PLAIN. " +
      'For details see the broker logfile."',
  });
}

export async function isTurnedAwayFromAnUnknownVhost(url, _prefix) {
  await assert.rejects(amqp.connect(`${url}nowhere`), {
    message: "Expected ConnectionOpenOk; got <ConnectionClose channel:0>",
  });
}
