// The lines of charts, from the statistics that the API tells.

import type { Line } from "./parts/Chart";
import { T } from "./text";
import type { Stats } from "./types";

/** The last minute, a sample every five seconds. */
export const SAMPLES = "lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5";
export const DATA_SAMPLES = "data_rates_age=60&data_rates_incr=5";
export const NODE_SAMPLES = "node_stats_age=60&node_stats_incr=5";

export function rateOf(stats: Stats | undefined, name: string): number | undefined {
  const details = stats?.[`${name}_details`];
  return typeof details === "object" ? details.rate : undefined;
}

function samplesOf(stats: Stats | undefined, name: string) {
  const details = stats?.[`${name}_details`];
  return typeof details === "object" ? details.samples : undefined;
}

export function rates(stats: Stats | undefined, names: [name: string, label: string][]): Line[] {
  return names.map(([name, label]) => ({
    label,
    samples: samplesOf(stats, name),
    now: rateOf(stats, name),
  }));
}

export function amounts(stats: Stats | undefined, names: [name: string, label: string][]): Line[] {
  return names.map(([name, label]) => {
    const value = stats?.[name];
    return { label, samples: samplesOf(stats, name), now: typeof value === "number" ? value : undefined };
  });
}

export const messageRates = (stats: Stats | undefined): Line[] => [
  ...rates(stats, [
    ["publish", T.published],
    ["confirm", T.confirmed],
    ["deliver_get", T.delivered],
    ["ack", T.acknowledged],
    ["redeliver", T.redelivered],
    ["return_unroutable", T.returned],
    ["drop_unroutable", T.dropped],
  ]),
  ...rates(stats, parts().filter(([name]) => hasHappened(stats, name))),
];

/** How deliveries were made, and what went to the disk: shown once there is any. */
const parts = (): [name: string, label: string][] => [
  ["deliver", T.deliveredManual],
  ["deliver_no_ack", T.deliveredAuto],
  ["get", T.gotManual],
  ["get_no_ack", T.gotAuto],
  ["get_empty", T.gotNothing],
  ["disk_reads", T.diskReads],
  ["disk_writes", T.diskWrites],
];

const hasHappened = (stats: Stats | undefined, name: string) => typeof stats?.[name] === "number" && stats[name] > 0;

export const dataRates = (told: Stats): Line[] =>
  rates(told, [
    ["recv_oct", T.fromClient],
    ["send_oct", T.toClient],
  ]);

export const churn = (told: Stats | undefined): Line[] =>
  rates(told, [
    ["connection_created", T.connectionsOpened],
    ["connection_closed", T.connectionsClosed],
    ["channel_created", T.channelsOpened],
    ["channel_closed", T.channelsClosed],
    ["queue_declared", T.queuesDeclared],
    ["queue_created", T.queuesCreated],
    ["queue_deleted", T.queuesDeleted],
  ]);

export const queueLengths = (stats: Stats | undefined): Line[] =>
  amounts(stats, [
    ["messages", T.messages],
    ["messages_ready", T.ready],
    ["messages_unacknowledged", T.unacknowledged],
  ]);
