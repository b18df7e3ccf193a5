// Messages got by hand: a few of them, shown as what they are.

import { useState } from "preact/hooks";
import { ask, path } from "../api";
import { useConsole } from "../context";
import { Form, type Told } from "../parts/Dialog";
import { Arguments, Facts } from "../parts/Facts";
import { decode } from "../pure/payload";
import { bytes } from "../pure/format";
import { T } from "../text";
import type { Got } from "../types";

const MODES = ["ack_requeue_true", "reject_requeue_true", "ack_requeue_false", "reject_requeue_false"];

export function GetMessages({ vhost, name, got }: { vhost: string; name: string; got: () => void }) {
  const { act } = useConsole();
  const [messages, setMessages] = useState<Got[]>();
  const get = (told: Told) =>
    act("", async () => {
      setMessages(
        await ask<Got[]>("POST", path`queues/${vhost}/${name}/get`, {
          count: Number(told.count),
          ackmode: told.mode,
          encoding: "auto",
          truncate: 100_000,
        }),
      );
      got();
    });
  return (
    <details class="panel">
      <summary>{T.getMessages}</summary>
      <p class="quiet">{T.gettingChanges}</p>
      <Form
        fields={[
          { name: "count", label: T.howMany, kind: "number", value: "1" },
          { name: "mode", label: T.afterwards, kind: "choice", choices: MODES, hint: T.afterwardsHint },
        ]}
        submit={T.getMessages}
        send={get}
      />
      {messages?.length === 0 ? <p class="quiet">{T.queueEmpty}</p> : null}
      {messages?.map((each, at) => <Message key={at} told={each} />)}
    </details>
  );
}

export function Message({ told }: { told: Omit<Got, "message_count"> }) {
  const { headers, ...properties } = told.properties;
  const shown = decode(told.payload, told.payload_encoding, told.properties);
  return (
    <article class="message">
      <Facts
        facts={[
          [T.exchange, told.exchange || T.defaultExchange],
          [T.routingKey, told.routing_key],
          [T.size, bytes(told.payload_bytes)],
          [T.redelivered, told.redelivered ? T.yes : T.no],
          [T.properties, <Arguments told={properties} />],
          [T.headers, <Arguments told={headers} />],
          [T.task, shown.task],
        ]}
      />
      <p class="quiet">{shown.kind}</p>
      <pre class="payload">{shown.text}</pre>
    </article>
  );
}
