// Exchanges, bindings, queues and consumers as the API tells them, made a graph.

import type { Binding, Consumer, Exchange, Queue } from "../types";
import type { Edge, Knot } from "./knots";
import { idOf } from "./names";

export interface Parts {
  exchanges: Exchange[];
  queues: Queue[];
  bindings: Binding[];
  consumers: Consumer[];
}

export interface Topology {
  knots: Knot[];
  edges: Edge[];
  /** How many knots were left out. */
  beyond: number;
}

export const exchangeId = (vhost: string, name: string) => idOf("exchange", vhost, name);
export const queueId = (vhost: string, name: string) => idOf("queue", vhost, name);

/**
 * What is bound to something, and whatever has the searched name, with its neighbours; at most so
 * many knots.
 */
export function topologyOf(parts: Parts, isWanted: (name: string) => boolean, most: number): Topology {
  const bindings = parts.bindings.filter((each) => each.source !== "").map(edgeOf);
  const consumers = consumersOf(parts.consumers);
  const edges = merged([...bindings, ...consumers.map(([, edge]) => edge)]);
  const known = [...knotsOf(parts), ...consumers.map(([knot]) => knot)];
  const touched = new Set(edges.flatMap((each) => [each.from, each.to]));
  const found = new Set(known.filter((each) => isWanted(each.label)).map((each) => each.id));
  const near = new Set(edges.flatMap((each) => (found.has(each.from) || found.has(each.to) ? [each.from, each.to] : [])));
  const shown = known.filter((each) => near.has(each.id) || (found.has(each.id) && (touched.has(each.id) || each.kind === "queue")));
  const knots = unique(shown).slice(0, most);
  const ids = new Set(knots.map((each) => each.id));
  return {
    knots,
    edges: edges.filter((each) => ids.has(each.from) && ids.has(each.to)),
    beyond: unique(shown).length - knots.length,
  };
}

function knotsOf({ exchanges, queues }: Parts): Knot[] {
  return [
    ...exchanges
      .filter((each) => each.name !== "")
      .map((each): Knot => ({ id: exchangeId(each.vhost, each.name), kind: "exchange", label: each.name, names: [each.vhost, each.name] })),
    ...queues.map((each): Knot => ({ id: queueId(each.vhost, each.name), kind: "queue", label: each.name, names: [each.vhost, each.name] })),
  ];
}

function edgeOf(binding: Binding): Edge {
  const ofDestination = binding.destination_type === "queue" ? queueId : exchangeId;
  return {
    from: exchangeId(binding.vhost, binding.source),
    to: ofDestination(binding.vhost, binding.destination),
    label: binding.routing_key,
  };
}

/** One knot for each connection that consumes. */
function consumersOf(consumers: Consumer[]): [Knot, Edge][] {
  return consumers.map((each) => {
    const name = each.channel_details.connection_name ?? each.consumer_tag;
    const id = idOf("consumer", name);
    return [
      { id, kind: "consumer", label: name, names: [name] },
      { from: queueId(each.queue.vhost, each.queue.name), to: id, label: "" },
    ];
  });
}

/** Several bindings between two are one line, with all their keys. */
function merged(edges: Edge[]): Edge[] {
  const byEnds = new Map<string, Edge>();
  for (const edge of edges) {
    const ends = `${edge.from}\n${edge.to}`;
    const before = byEnds.get(ends);
    const label = before && edge.label && !before.label.split(", ").includes(edge.label) ? `${before.label}, ${edge.label}` : (before?.label ?? edge.label);
    byEnds.set(ends, { ...edge, label });
  }
  return [...byEnds.values()];
}

function unique(knots: Knot[]): Knot[] {
  return [...new Map(knots.map((each) => [each.id, each])).values()];
}
