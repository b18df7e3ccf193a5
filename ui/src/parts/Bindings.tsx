// The bindings of an exchange or a queue: seen, made, taken away.

import type { ComponentChildren } from "preact";
import { ask, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { parseArguments, shownArguments } from "../pure/arguments";
import { idOf } from "../pure/names";
import { T } from "../text";
import type { Binding } from "../types";
import { ConfirmButton, FormButton, type Field, type Told } from "./Dialog";
import { Failure } from "./Failure";
import { To } from "./Facts";

interface BindingsProps {
  vhost: string;
  name: string;
  /** Whether they begin here, or end; and at what. */
  end: "from exchange" | "to exchange" | "to queue";
  /** What to do first where there is none. */
  first?: ComponentChildren;
}

export function Bindings({ vhost, name, end, first }: BindingsProps) {
  const { act, entered } = useConsole();
  const mayChange = entered.includes(vhost);
  const { value, error, again } = useLive<Binding[]>(listOf(vhost, name, end));
  const isFrom = end === "from exchange";
  const bind = async (told: Told) => {
    const isDone = await act(T.bound, () => ask("POST", placeOf(vhost, name, end, told), bodyOf(told)));
    again();
    return isDone;
  };
  const unbind = async (binding: Binding) => {
    await act(T.unbound, () => ask("DELETE", pathOf(binding)));
    again();
  };
  return (
    <section>
      <div class="bar">
        <h2>{isFrom ? T.bindingsFrom : T.bindingsTo}</h2>
        <span class="space" />
        {mayChange ? <FormButton label={T.bind} title={T.bindNew} fields={fieldsOf(end)} send={bind} /> : null}
      </div>
      <Failure error={error} />
      {value?.length === 0 ? <><p class="quiet">{T.noBindings}</p>{first}</> : null}
      <ul class="bindings">
        {value?.map((each) => (
          <li key={idOf(each.source, each.destination_type, each.destination, each.properties_key)}>
            <End binding={each} isFrom={isFrom} />
            <code>{each.routing_key}</code>
            <code class="quiet">{shownArguments(each.arguments)}</code>
            {mayChange && each.source ? (
              <ConfirmButton label={T.unbind} question={T.unbindSure(each.source, each.destination)} act={() => unbind(each)} />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function End({ binding, isFrom }: { binding: Binding; isFrom: boolean }) {
  if (!isFrom) {
    return binding.source ? <To page="exchanges" names={[binding.vhost, binding.source]} /> : <span>{T.defaultExchange}</span>;
  }
  const page = binding.destination_type === "queue" ? "queues" : "exchanges";
  return <To page={page} names={[binding.vhost, binding.destination]} />;
}

function listOf(vhost: string, name: string, end: BindingsProps["end"]): string {
  if (end === "to queue") return path`queues/${vhost}/${name}/bindings`;
  return path`exchanges/${vhost}/${name}/bindings/${end === "from exchange" ? "source" : "destination"}`;
}

function fieldsOf(end: BindingsProps["end"]): Field[] {
  const other: Field[] =
    end === "from exchange"
      ? [
          { name: "kind", label: T.to, kind: "choice", choices: ["queue", "exchange"] },
          { name: "other", label: T.name },
        ]
      : [{ name: "other", label: T.fromExchange }];
  return [
    ...other,
    { name: "key", label: T.routingKey, isOptional: true },
    { name: "arguments", label: T.arguments, kind: "area", isOptional: true, hint: T.argumentsHint },
  ];
}

function placeOf(vhost: string, name: string, end: BindingsProps["end"], told: Told): string {
  const other = told.other ?? "";
  if (end === "to queue") return path`bindings/${vhost}/e/${other}/q/${name}`;
  if (end === "to exchange") return path`bindings/${vhost}/e/${other}/e/${name}`;
  return path`bindings/${vhost}/e/${name}/${told.kind === "queue" ? "q" : "e"}/${other}`;
}

const bodyOf = (told: Told) => ({
  routing_key: told.key ?? "",
  arguments: parseArguments(told.arguments ?? ""),
});

function pathOf(told: Binding): string {
  const kind = told.destination_type === "queue" ? "q" : "e";
  return path`bindings/${told.vhost}/e/${told.source}/${kind}/${told.destination}/${told.properties_key}`;
}
