// A button that declares something in a virtual host, by a form.

import { ask, path } from "../api";
import { useConsole } from "../context";
import { T } from "../text";
import { FormButton, type Field, type Told } from "./Dialog";

interface DeclareProps {
  kind: "exchanges" | "queues";
  title: string;
  types: string[];
  /** Besides the vhost, the name, the type, and what all have. */
  fields: Field[];
  bodyOf: (told: Told) => object;
  declared: () => void;
}

export function Declare({ kind, title, types, fields, bodyOf, declared }: DeclareProps) {
  const { act, vhost, entered } = useConsole();
  const all: Field[] = [
    { name: "vhost", label: T.vhost, kind: "choice", choices: entered, value: vhost },
    { name: "name", label: T.name },
    { name: "type", label: T.type, kind: "choice", choices: types },
    { name: "durable", label: T.durable, kind: "check", value: "true" },
    { name: "auto_delete", label: T.autoDelete, kind: "check" },
    ...fields,
  ];
  const declare = async (told: Told) => {
    const { vhost: where = "", name = "" } = told;
    const body = { durable: !!told.durable, auto_delete: !!told.auto_delete, ...bodyOf(told) };
    const place = kind === "queues" ? path`queues/${where}/${name}` : path`exchanges/${where}/${name}`;
    const isDone = await act(T.declared(name), () => ask("PUT", place, body));
    declared();
    return isDone;
  };
  if (!entered.length) return null;
  return <FormButton label={T.declare} title={title} fields={all} send={declare} isFirst />;
}
