// What is bound to what, drawn: exchanges, queues, who consumes; with the rates of now.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { path, type Refused } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Example } from "../parts/Example";
import { Failure } from "../parts/Failure";
import { bind } from "../pure/example";
import { rate } from "../pure/format";
import { KNOT_HEIGHT, widthOf, type Drawing, type Knot } from "../pure/knots";
import { idOf } from "../pure/names";
import { matcher } from "../pure/rows";
import { exchangeId, queueId, topologyOf } from "../pure/topology";
import { link } from "../router";
import { rateOf } from "../stats";
import { T } from "../text";
import type { Binding, Consumer, Exchange, Queue } from "../types";

// More than these nobody can read; search for a name then.
const KNOTS_MAX = 600;

// Of all that the node could tell of each, what is drawn.
const IN_OUT = "message_stats.publish_in_details.rate,message_stats.publish_out_details.rate";
const PUT_TAKEN = "message_stats.publish_details.rate,message_stats.deliver_get_details.rate";
const ENDS = "source,vhost,destination,destination_type,routing_key";

export function Topology() {
  const [search, setSearch] = useState("");
  const { parts, error } = useParts();
  const topology = useMemo(
    () => (parts ? topologyOf(parts, matcher(search, false), KNOTS_MAX) : undefined),
    [parts, search],
  );
  const drawing = useDrawing(topology);
  const busy = useMemo(() => ratesOf(parts), [parts]);
  return (
    <>
      <h1>{T.topology}</h1>
      <div class="bar">
        <input type="search" aria-label={T.search} placeholder={T.search} value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        {topology?.beyond ? <span class="count" role="status">{T.beyond(topology.beyond)}</span> : null}
      </div>
      <Failure error={error} />
      {topology?.knots.length === 0 ? <p class="empty">{T.noTopology}</p> : null}
      {topology?.knots.length === 0 && !search ? <Example steps={bind("amq.topic", "topic")} title={T.thisBinds} /> : null}
      {drawing?.knots.length ? <Picture drawing={drawing} busy={busy} /> : null}
    </>
  );
}

function useParts() {
  const { vhost } = useConsole();
  const place = vhost ? path`/${vhost}` : "";
  const exchanges = useLive<Exchange[]>(`exchanges${place}?columns=name,vhost,${IN_OUT}`);
  const queues = useLive<Queue[]>(`queues${place}?columns=name,vhost,${PUT_TAKEN}`);
  const bindings = useLive<Binding[]>(`bindings${place}?columns=${ENDS}`);
  const consumers = useLive<Consumer[]>(`consumers${place}?columns=consumer_tag,queue,channel_details`);
  const parts = useMemo(() => {
    if (!exchanges.value || !queues.value || !bindings.value || !consumers.value) return undefined;
    return { exchanges: exchanges.value, queues: queues.value, bindings: bindings.value, consumers: consumers.value };
  }, [exchanges.value, queues.value, bindings.value, consumers.value]);
  const error: Refused | undefined = exchanges.error ?? queues.error ?? bindings.error ?? consumers.error;
  return { parts, error };
}

/** Laid out by a worker, anew only when something else is bound. */
function useDrawing(topology: ReturnType<typeof topologyOf> | undefined): Drawing | undefined {
  const [drawing, setDrawing] = useState<Drawing>();
  const shape = topology ? JSON.stringify([topology.knots, topology.edges]) : undefined;
  useEffect(() => {
    if (!topology) return;
    const worker = new Worker(new URL("../pure/graph.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Drawing>) => setDrawing(data);
    worker.postMessage({ knots: topology.knots, edges: topology.edges });
    return () => worker.terminate();
  }, [shape]);
  return drawing;
}

/** By knot: what goes in and out of it in a second. */
function ratesOf(parts: ReturnType<typeof useParts>["parts"]): Map<string, string> {
  const found = new Map<string, string>();
  for (const each of parts?.exchanges ?? []) {
    found.set(exchangeId(each.vhost, each.name), inOut(rateOf(each.message_stats, "publish_in"), rateOf(each.message_stats, "publish_out")));
  }
  for (const each of parts?.queues ?? []) {
    found.set(queueId(each.vhost, each.name), inOut(rateOf(each.message_stats, "publish"), rateOf(each.message_stats, "deliver_get")));
  }
  return found;
}

const inOut = (into = 0, out = 0) => (into || out ? `${rate(into)} → ${rate(out)}` : "");

interface View {
  x: number;
  y: number;
  scale: number;
}

function Picture({ drawing, busy }: { drawing: Drawing; busy: Map<string, string> }) {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const drag = useRef<{ x: number; y: number } | undefined>(undefined);
  const zoom = (by: number) => setView((now) => ({ ...now, scale: Math.min(3, Math.max(0.1, now.scale * by)) }));
  const grip = (event: PointerEvent) => {
    drag.current = { x: event.clientX, y: event.clientY };
  };
  const release = () => {
    drag.current = undefined;
  };
  const move = (event: PointerEvent) => {
    if (!drag.current) return;
    const { x, y } = drag.current;
    drag.current = { x: event.clientX, y: event.clientY };
    setView((now) => ({ ...now, x: now.x + event.clientX - x, y: now.y + event.clientY - y }));
  };
  return (
    <div class="picture">
      <div class="zoom">
        <button type="button" onClick={() => zoom(1.25)} aria-label={T.nearer}>+</button>
        <button type="button" onClick={() => zoom(0.8)} aria-label={T.farther}>−</button>
      </div>
      <svg
        role="group"
        aria-label={T.topology}
        onWheel={(event) => {
          event.preventDefault();
          zoom(event.deltaY < 0 ? 1.1 : 0.9);
        }}
        onPointerDown={grip}
        onPointerMove={move}
        onPointerUp={release}
        onPointerLeave={release}
      >
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {drawing.edges.map((each) => (
            <g key={idOf(each.from, each.to)} class={busy.get(each.to) ? "edge busy" : "edge"}>
              <polyline points={each.points.map(({ x, y }) => `${x},${y}`).join(" ")} />
              <EdgeLabel points={each.points} label={each.label} />
            </g>
          ))}
          {drawing.knots.map((each) => (
            <KnotBox key={each.id} knot={each} busy={busy.get(each.id)} />
          ))}
        </g>
      </svg>
    </div>
  );
}

function EdgeLabel({ points, label }: { points: { x: number; y: number }[]; label: string }) {
  const middle = points[Math.floor(points.length / 2)];
  return middle && label ? <text x={middle.x} y={middle.y - 4}>{shortened(label, 24)}</text> : null;
}

const PAGES: Record<Knot["kind"], string> = { exchange: "exchanges", queue: "queues", consumer: "connections" };

function KnotBox({ knot, busy }: { knot: Drawing["knots"][number]; busy: string | undefined }) {
  const width = widthOf(knot);
  return (
    <a href={link(PAGES[knot.kind], ...knot.names)} aria-label={`${T.kinds[knot.kind]} ${knot.label} ${busy ?? ""}`}>
      <g class={`knot ${knot.kind}`} transform={`translate(${knot.x - width / 2} ${knot.y - KNOT_HEIGHT / 2})`}>
        <title>{knot.label}</title>
        <rect width={width} height={KNOT_HEIGHT} rx={knot.kind === "exchange" ? KNOT_HEIGHT / 2 : 5} />
        <text x={width / 2} y={busy ? 14 : 21}>{shortened(knot.label, 30)}</text>
        {busy ? <text class="rate" x={width / 2} y={28}>{busy}</text> : null}
      </g>
    </a>
  );
}

const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
