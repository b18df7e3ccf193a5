// One node: what it uses, and what its memory is for.

import { path } from "../api";
import { useLive } from "../live";
import { Chart } from "../parts/Chart";
import { Facts, Mark, Meter, Since } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { byteRate, bytes, count, rate } from "../pure/format";
import { amounts, churn, NODE_SAMPLES, rates } from "../stats";
import { T } from "../text";
import type { Node, Stats } from "../types";

interface Memory {
  memory: Record<string, unknown> | "not_available";
}

export function NodePage({ name }: { name: string }) {
  const { value: node, error } = useLive<Node>(`${path`nodes/${name}`}?${NODE_SAMPLES}`);
  const { value: memory } = useLive<Memory>(path`nodes/${name}/memory`);
  if (!node) return <Failure error={error} />;
  return (
    <>
      <h1>{node.name}</h1>
      <Failure error={error} />
      <p>{node.running ? <Mark kind="good">{T.running}</Mark> : <Mark kind="bad">{T.down}</Mark>}</p>
      <Facts facts={factsOf(node)} />
      <div class="charts">
        <Chart title={T.memory} lines={line(node, "mem_used", T.memory)} shown={bytes} />
        <Chart title={T.disk} lines={line(node, "disk_free", T.diskFree)} shown={bytes} />
        <Chart title={T.files} lines={line(node, "fd_used", T.files)} shown={count} />
        <Chart title={T.sockets} lines={line(node, "sockets_used", T.sockets)} shown={count} />
        <Chart title={T.diskOperations} lines={rates(statsOf(node), operations())} isRate shown={rate} />
        <Chart title={T.diskData} lines={rates(statsOf(node), data())} isRate shown={byteRate} />
        <Chart title={T.churn} lines={churn(statsOf(node))} isRate shown={rate} />
      </div>
      {memory && memory.memory !== "not_available" ? <MemoryTable told={memory.memory} /> : null}
    </>
  );
}

const statsOf = (node: Node) => node as unknown as Stats;

const line = (node: Node, name: string, label: string) => amounts(statsOf(node), [[name, label]]);

const operations = (): [string, string][] => [
  ["io_read_count", T.reads],
  ["io_write_count", T.writes],
  ["io_sync_count", T.syncs],
];

const data = (): [string, string][] => [
  ["io_read_bytes", T.reads],
  ["io_write_bytes", T.writes],
];

function factsOf(node: Node): [string, preact.ComponentChildren][] {
  return [
    [T.uptime, node.uptime === undefined ? undefined : <Since ms={Date.now() - node.uptime} />],
    [T.memory, node.mem_used === undefined ? "" : <Meter used={node.mem_used} most={node.mem_limit ?? 0} shown={bytes} label={T.memory} />],
    [T.diskFree, bytes(node.disk_free)],
    [T.diskLimit, bytes(node.disk_free_limit)],
    [T.files, node.fd_used === undefined ? "" : <Meter used={node.fd_used} most={node.fd_total ?? 0} shown={count} label={T.files} />],
    [T.process, node.os_pid],
    [T.processors, node.processors as number | undefined],
    [T.kept, node.type === "ram" ? T.inMemory : T.onDisk],
    [T.directory, node.db_dir],
    [T.configuration, node.config_files?.join(", ")],
    [T.log, node.log_files?.join(", ")],
  ];
}

function MemoryTable({ told }: { told: Record<string, unknown> }) {
  const parts = Object.entries(told).filter((part): part is [string, number] => typeof part[1] === "number" && part[1] > 0);
  parts.sort(([, one], [, other]) => other - one);
  return (
    <section>
      <h2>{T.memoryFor}</h2>
      <Facts facts={parts.map(([name, size]) => [name.replaceAll("_", " "), bytes(size)])} />
    </section>
  );
}
