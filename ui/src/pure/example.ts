// Programs to begin with, as they are pasted into a file: for this node, this vhost, this reader.

export interface Amqp {
  port: number;
  ssl: boolean;
}

export interface Where {
  host: string;
  amqp: Amqp;
  vhost: string;
  user: string;
}

const GREETING = 'b"Hello, Leveret!"';

// What would make a program look other than it is: control characters, directions, spaces that are none.
const UNSEEN = /(?! )[\p{C}\p{Z}]/gu;

/** As Python writes a string: JSON's escapes are among its own. */
const text = (said: string) => JSON.stringify(said).replace(UNSEEN, escaped);

const escaped = (each: string) => `\\U${(each.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;

export function pikaExample({ host, amqp, vhost, user }: Where, steps: string[]): string {
  const password = user === "guest" ? 'PASSWORD = "guest"' : 'PASSWORD = "..."  # yours';
  const tls = amqp.ssl ? [`    ssl_options=pika.SSLOptions(ssl.create_default_context(), ${text(host)}),`] : [];
  return [
    ...(amqp.ssl ? ["import ssl", ""] : []),
    "import pika",
    "",
    password,
    "parameters = pika.ConnectionParameters(",
    `    ${text(host)}, ${amqp.port}, ${text(vhost)}, pika.PlainCredentials(${text(user)}, PASSWORD),`,
    ...tls,
    ")",
    "with pika.BlockingConnection(parameters) as connection:",
    "    channel = connection.channel()",
    ...steps.map((each) => `    ${each}`),
  ].join("\n");
}

const FIRST = "hello";

export const declare = () => [`channel.queue_declare(${text(FIRST)}, durable=True)`];

export const publishFirst = () => [...declare(), ...publish(FIRST)];

export const publish = (queue: string) => [`channel.basic_publish("", ${text(queue)}, ${GREETING})`];

export const consumeFirst = () => [...declare(), ...consume(FIRST)];

/** Until it is interrupted. */
export const consume = (queue: string, isStream = false) => [
  "channel.basic_qos(prefetch_count=100)",
  `for method, properties, body in channel.consume(${text(queue)}${isStream ? ', arguments={"x-stream-offset": "first"}' : ""}):`,
  "    print(body, flush=True)",
  "    channel.basic_ack(method.delivery_tag)",
];

/** type: of the exchange; one that hashes takes numbers for keys. */
export const bind = (exchange: string, type: string) => {
  const key = text(type === "x-consistent-hash" ? "1" : "greetings");
  return [
    ...declare(),
    `channel.queue_bind(${text(FIRST)}, ${text(exchange)}, ${key})`,
    `channel.basic_publish(${text(exchange)}, ${key}, ${GREETING})`,
  ];
};
