// Channels: what each consumes, publishes and has not settled yet.

import { path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Chart } from "../parts/Chart";
import { Example } from "../parts/Example";
import { Facts, Mark, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { useListOfClients } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { consumeFirst } from "../pure/example";
import { count, rate } from "../pure/format";
import { idOf } from "../pure/names";
import { messageRates, rateOf, SAMPLES } from "../stats";
import { T } from "../text";
import type { Channel, Consumer } from "../types";
import { State } from "./Connections";

const nameOf = (row: Channel) => row.name;

const columns = (): Column<Channel>[] => [
  { at: "name", title: T.name, cell: (row) => <To page="channels" names={[row.name]} /> },
  { at: "user", title: T.user, width: 8 },
  { at: "vhost", title: T.vhost, width: 8, isExtra: true },
  { at: "node", title: T.node, width: 12, isExtra: true },
  { at: "confirm", title: T.mode, width: 5, cell: (row) => <Mode row={row} /> },
  { at: "state", title: T.state, width: 7, cell: (row) => <State state={row.state} /> },
  { at: "consumer_count", title: T.consumers, width: 7, isNumber: true, isExtra: true },
  { at: "messages_unconfirmed", title: T.unconfirmed, width: 8, isNumber: true },
  { at: "prefetch_count", title: T.prefetch, width: 6, isNumber: true },
  { at: "messages_unacknowledged", title: T.unacknowledged, width: 7, isNumber: true },
  ...rateColumns(),
];

const rateColumns = (): Column<Channel>[] =>
  (
    [
      ["publish", T.published],
      ["deliver_get", T.delivered],
      ["ack", T.acknowledged],
    ] as const
  ).map(([name, title]) => ({
    at: `message_stats.${name}_details.rate`,
    title,
    width: 6,
    isNumber: true,
    cell: (row: Channel) => rate(rateOf(row.message_stats, name)),
  }));

function Mode({ row }: { row: Channel }) {
  if (row.confirm) return <Mark title={T.confirmMode}>C</Mark>;
  return row.transactional ? <Mark title={T.transactional}>T</Mark> : null;
}

export function Channels() {
  const { vhost } = useConsole();
  const [wish, change] = useWish("channels", "name");
  const list = useListOfClients<Channel>("channels", vhost, wish, nameOf);
  const empty = (
    <>
      <p>{T.noChannels}</p>
      <Example steps={consumeFirst()} title={T.thisConsumes} />
    </>
  );
  return (
    <>
      <h1>{T.channels}</h1>
      <Table
        name="channels"
        label={T.channels}
        columns={columns()}
        {...{ list, wish, change, empty }}
      />
    </>
  );
}

export function ChannelPage({ name }: { name: string }) {
  const { value, error } = useLive<Channel>(`${path`channels/${name}`}?${SAMPLES}`);
  if (!value) return <Failure error={error} />;
  return (
    <>
      <h1>{value.name}</h1>
      <Failure error={error} />
      <Facts facts={factsOf(value)} />
      <div class="charts">
        <Chart title={T.messageRates} lines={messageRates(value.message_stats)} isRate shown={rate} />
      </div>
      <h2>{T.consumers}</h2>
      <Consumers consumers={value.consumer_details} />
    </>
  );
}

function factsOf(told: Channel): [string, preact.ComponentChildren][] {
  const connection = told.connection_details?.name;
  return [
    [T.connection, connection ? <To page="connections" names={[connection]} /> : ""],
    [T.state, <State state={told.state} />],
    [T.node, told.node],
    [T.user, told.user],
    [T.vhost, told.vhost],
    [T.mode, <Mode row={told} />],
    [T.prefetch, told.prefetch_count],
    [T.globalPrefetch, told.global_prefetch_count],
    [T.unacknowledged, count(told.messages_unacknowledged)],
    [T.unconfirmed, count(told.messages_unconfirmed)],
    [T.uncommitted, count(told.messages_uncommitted)],
    [T.uncommittedAcks, count(told.acks_uncommitted)],
  ];
}

export function Consumers({ consumers }: { consumers: Consumer[] | undefined }) {
  if (!consumers?.length) return <p class="quiet">{T.noConsumers}</p>;
  return (
    <Grid titles={[T.consumerTag, T.queue, T.channel, T.mustAck, T.exclusive, T.prefetch, T.active]}>
      {consumers.map((each) => (
        <tr key={idOf(each.channel_details.name, each.consumer_tag)}>
          <td>{each.consumer_tag}</td>
          <td><To page="queues" names={[each.queue.vhost, each.queue.name]} /></td>
          <td>{each.channel_details.name ? <To page="channels" names={[each.channel_details.name]} /> : ""}</td>
          <td>{each.ack_required ? T.yes : T.no}</td>
          <td>{each.exclusive ? T.yes : T.no}</td>
          <td>{each.prefetch_count}</td>
          <td>{each.activity_status ?? (each.active ? T.yes : T.no)}</td>
        </tr>
      ))}
    </Grid>
  );
}
