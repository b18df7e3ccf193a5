// All queues.

import { path } from "../api";
import { useConsole } from "../context";
import { Declare } from "../parts/Declare";
import type { Field, Told } from "../parts/Dialog";
import { Example } from "../parts/Example";
import { Mark, To } from "../parts/Facts";
import { usePagedList } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { parseArguments } from "../pure/arguments";
import { publishFirst } from "../pure/example";
import { bytes, count, rate } from "../pure/format";
import { idOf } from "../pure/names";
import { rateOf } from "../stats";
import { T } from "../text";
import type { Queue } from "../types";
import { State } from "./Connections";

const TYPES = ["classic", "quorum", "stream"];
const keyOf = (row: Queue) => idOf(row.vhost, row.name);

const columns = (): Column<Queue>[] => [
  { at: "name", title: T.name, cell: (row) => <To page="queues" names={[row.vhost, row.name]} /> },
  { at: "vhost", title: T.vhost, width: 8 },
  { at: "type", title: T.type, width: 6 },
  { at: "durable", title: T.features, width: 8, cell: (row) => <Features row={row} /> },
  { at: "node", title: T.node, width: 13, isExtra: true, cell: (row) => <Home row={row} /> },
  { at: "policy", title: T.policy, width: 8, isExtra: true },
  { at: "state", title: T.state, width: 7, cell: (row) => <State state={row.state} /> },
  { at: "messages_ready", title: T.ready, width: 6, isNumber: true, cell: (row) => count(row.messages_ready) },
  { at: "messages_unacknowledged", title: T.unacknowledged, width: 7, isNumber: true, cell: (row) => count(row.messages_unacknowledged) },
  { at: "messages", title: T.total, width: 6, isNumber: true, cell: (row) => count(row.messages) },
  { at: "consumers", title: T.consumers, width: 6, isNumber: true, isExtra: true },
  { at: "memory", title: T.memory, width: 6, isNumber: true, isExtra: true, cell: (row) => bytes(row.memory) },
  rateColumn("publish", T.in),
  rateColumn("deliver_get", T.out),
  rateColumn("ack", T.acknowledged),
];

function rateColumn(name: string, title: string): Column<Queue> {
  return {
    at: `message_stats.${name}_details.rate`,
    title,
    width: 6,
    isNumber: true,
    cell: (row) => rate(rateOf(row.message_stats, name)),
  };
}

/** Where it is led, and how many copies follow. */
function Home({ row }: { row: Queue }) {
  const copies = row.slave_nodes?.length ?? Math.max(0, (row.members?.length ?? 1) - 1);
  return (
    <>
      {row.node} {copies > 0 ? <Mark title={(row.slave_nodes ?? row.members ?? []).join(", ")}>+{copies}</Mark> : null}
    </>
  );
}

export function Features({ row }: { row: Queue }) {
  const marks: [string, boolean][] = [
    ["D", row.durable],
    ["AD", row.auto_delete],
    ["Excl", row.exclusive],
    ["TTL", "x-message-ttl" in row.arguments],
    ["Lim", "x-max-length" in row.arguments || "x-max-length-bytes" in row.arguments],
    ["DLX", "x-dead-letter-exchange" in row.arguments],
    ["Pri", "x-max-priority" in row.arguments],
  ];
  return (
    <>
      {marks.filter(([, has]) => has).map(([mark]) => <Mark key={mark} title={T.marks[mark as keyof typeof T.marks]}>{mark}</Mark>)}
    </>
  );
}

export function Queues() {
  const { vhost } = useConsole();
  const [wish, change] = useWish("queues", "name");
  const list = usePagedList<Queue>(vhost ? path`queues/${vhost}` : "queues", wish, keyOf);
  const empty = (
    <>
      <p>{T.noQueues}</p>
      <Example steps={publishFirst()} title={T.thisPublishes} />
    </>
  );
  return (
    <>
      <h1>{T.queues}</h1>
      <Table
        name="queues"
        label={T.queues}
        columns={columns()}
        {...{ list, wish, change, empty }}
        actions={<Declare kind="queues" title={T.newQueue} types={TYPES} fields={fields()} bodyOf={bodyOf} declared={list.again} />}
      />
    </>
  );
}

const fields = (): Field[] => [
  { name: "node", label: T.node, isOptional: true, hint: T.nodeHint },
  { name: "arguments", label: T.arguments, kind: "area", isOptional: true, hint: T.queueArgumentsHint },
];

const bodyOf = (told: Told) => ({
  ...(told.node ? { node: told.node } : {}),
  arguments: { ...parseArguments(told.arguments ?? ""), "x-queue-type": told.type },
});
