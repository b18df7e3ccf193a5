// Runs one scenario: node run.mjs URL PREFIX NAME. Without arguments it lists their names.

import amqp from "amqplib";
import * as scenarios from "./scenarios.mjs";

const [url, prefix, name] = process.argv.slice(2);

if (!name) {
  console.log(Object.keys(scenarios).join("\n"));
} else {
  setTimeout(() => {
    console.error(`${name} is not done after 20 s`);
    process.exit(1);
  }, 20_000).unref();
  const scenario = scenarios[name];
  if (scenario.length === 2) {
    await scenario(url, prefix); // It opens connections itself.
  } else {
    const connection = await amqp.connect(url);
    const queue = `${prefix}-queue`;
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue(queue, { durable: false });
    await scenario({ connection, channel, queue, prefix });
    await channel.close(); // First, or its consumers would learn that their queue is gone.
    await (await connection.createChannel()).deleteQueue(queue);
    await connection.close();
  }
}
