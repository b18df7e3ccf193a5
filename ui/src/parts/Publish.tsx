// A message by hand, to an exchange.

import { ask, path, Refused } from "../api";
import { useConsole } from "../context";
import { parseArguments } from "../pure/arguments";
import { T } from "../text";
import { Form, type Told } from "./Dialog";

interface PublishProps {
  vhost: string;
  exchange: string;
  routingKey?: string;
}

export function Publish({ vhost, exchange, routingKey = "" }: PublishProps) {
  const { act } = useConsole();
  const send = (told: Told) =>
    act(T.publishedTo(exchange), async () => {
      const { routed } = await ask<{ routed: boolean }>(
        "POST",
        path`exchanges/${vhost}/${exchange || "amq.default"}/publish`,
        { ...messageOf(told), routing_key: keyOf(told.key, routingKey) },
      );
      if (!routed) throw new Refused(200, T.unroutable);
    });
  return (
    <details class="panel">
      <summary>{T.publish}</summary>
      <Form
        fields={[
          { name: "key", label: T.routingKey, value: routingKey, isOptional: true },
          { name: "persistent", label: T.persistent, kind: "check", value: "true" },
          { name: "properties", label: T.properties, kind: "area", isOptional: true, hint: T.propertiesHint },
          { name: "headers", label: T.headers, kind: "area", isOptional: true, hint: T.argumentsHint },
          { name: "payload", label: T.payload, kind: "area", isOptional: true },
          { name: "encoding", label: T.payloadAs, kind: "choice", choices: ["string", "base64"] },
        ]}
        submit={T.publish}
        send={send}
      />
    </details>
  );
}

/** A field of one line has lost the line breaks of a key that was not changed. */
function keyOf(written = "", was: string): string {
  return written === was.replace(/[\r\n]/g, "") ? was : written;
}

export function messageOf(told: Told) {
  const headers = parseArguments(told.headers ?? "");
  return {
    routing_key: told.key ?? "",
    payload: told.payload ?? "",
    payload_encoding: told.encoding ?? "string",
    properties: {
      ...parseArguments(told.properties ?? ""),
      delivery_mode: told.persistent ? 2 : 1,
      ...(Object.keys(headers).length ? { headers } : {}),
    },
  };
}
