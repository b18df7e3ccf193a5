// Who is connected.

import { ask, path, withQuery } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Chart } from "../parts/Chart";
import { FormButton } from "../parts/Dialog";
import { Example } from "../parts/Example";
import { Arguments, Facts, Mark, Moment, Since, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { useListOfClients } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { consumeFirst } from "../pure/example";
import { byteRate, bytes, rate } from "../pure/format";
import { go, link } from "../router";
import { DATA_SAMPLES, dataRates, rateOf } from "../stats";
import { T } from "../text";
import type { Channel, Connection, EndedConnection, Standing, Stats } from "../types";

const nameOf = (row: Connection) => row.name;

const columns = (): Column<Connection>[] => [
  { at: "name", title: T.name, cell: (row) => <Name row={row} /> },
  { at: "user", title: T.user, width: 8 },
  { at: "vhost", title: T.vhost, width: 8 },
  { at: "node", title: T.node, width: 12, isExtra: true },
  { at: "state", title: T.state, width: 7, cell: (row) => <State state={row.state} /> },
  { at: "ssl", title: T.encrypted, width: 6, cell: (row) => (row.ssl ? T.yes : T.no) },
  { at: "protocol", title: T.protocol, width: 8, isExtra: true },
  { at: "channels", title: T.channels, width: 6, isNumber: true },
  { at: "recv_oct_details.rate", title: T.fromClient, width: 7, isNumber: true, cell: (row) => byteRate(row.recv_oct_details?.rate) },
  { at: "send_oct_details.rate", title: T.toClient, width: 7, isNumber: true, cell: (row) => byteRate(row.send_oct_details?.rate) },
  { at: "connected_at", title: T.since, width: 7, isExtra: true, cell: (row) => (row.connected_at ? <Since ms={row.connected_at} /> : "") },
];

function Name({ row }: { row: Connection }) {
  const given = row.user_provided_name ?? row.client_properties?.connection_name;
  return (
    <>
      <To page="connections" names={[row.name]} /> {given ? <span class="quiet">{given}</span> : null}
    </>
  );
}

export function State({ state }: { state: string | undefined }) {
  const kind = state === "running" ? "good" : state === "idle" ? "plain" : state === "down" ? "bad" : "warn";
  return state ? <Mark kind={kind}>{state}</Mark> : null;
}

export function Connections() {
  const { vhost } = useConsole();
  const [wish, change] = useWish("connections", "name");
  const list = useListOfClients<Connection>("connections", vhost, wish, nameOf);
  const empty = (
    <>
      <p>{T.noConnections}</p>
      <Example steps={consumeFirst()} title={T.thisConsumes} />
    </>
  );
  return (
    <>
      <h1>{T.connections}</h1>
      <Table name="connections" label={T.connections} columns={columns()} {...{ list, wish, change, empty }} />
      <Ended />
    </>
  );
}

const LAST = { sort: "ended_at", sort_reverse: true, page: 1, page_size: 100 };

/** Those that have gone, and why: the newest first. */
function Ended() {
  const { vhost } = useConsole();
  const { value } = useLive<{ items: EndedConnection[] }>(withQuery("ended-connections", LAST));
  const ended = value?.items.filter((each) => !vhost || each.vhost === vhost) ?? [];
  return (
    <details class="panel">
      <summary>{T.endedConnections}</summary>
      {ended.length === 0 ? <p class="quiet">{T.noneEnded}</p> : null}
      <ul class="bindings" aria-label={T.endedConnections}>
        {ended.map((each) => (
          <li key={`${each.name} ${each.ended_at}`}>
            <Moment ms={each.ended_at} />
            <span>{each.name}</span>
            <span>{each.user}</span>
            <Mark kind={each.by === "client" ? "good" : "warn"}>{T.endedBy[each.by]}</Mark>
            <span class="quiet">{each.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function ConnectionPage({ name }: { name: string }) {
  const { act, may, user } = useConsole();
  const { value, error } = useLive<Connection>(`${path`connections/${name}`}?${DATA_SAMPLES}`);
  const { value: channels } = useLive<Channel[]>(path`connections/${name}/channels`);
  const close = (reason: string) =>
    act(T.closed(name), async () => {
      await closeConnection(name, reason);
      go(link("connections"));
    });
  if (!value) return <Failure error={error} />;
  const mayClose = may.administer || value.user === user.name;
  return (
    <>
      <h1>{value.name}</h1>
      <Failure error={error} />
      <Facts facts={factsOf(value)} />
      <WhyHeld name={name} />
      {mayClose ? (
        <div class="buttons">
          <FormButton
            label={T.close}
            title={T.closeSure(name)}
            fields={[{ name: "reason", label: T.reason, isOptional: true, hint: T.reasonHint }]}
            send={({ reason = "" }) => close(reason)}
          />
        </div>
      ) : null}
      <div class="charts">
        <Chart title={T.dataRates} lines={dataRates(value as unknown as Stats)} isRate shown={byteRate} />
      </div>
      <h2>{T.channels}</h2>
      <Its channels={channels ?? []} />
      <h2>{T.client}</h2>
      <Arguments told={value.client_properties} />
    </>
  );
}

function Its({ channels }: { channels: Channel[] }) {
  if (!channels.length) return <p class="quiet">{T.noChannels}</p>;
  return (
    <Grid titles={[T.name, T.state, T.consumers, T.prefetch, T.unacknowledged, T.unconfirmed, T.published, T.delivered, T.acknowledged]}>
      {channels.map((each) => (
        <tr key={each.name}>
          <td><To page="channels" names={[each.name]} /></td>
          <td><State state={each.state} /></td>
          {[each.consumer_count, each.prefetch_count, each.messages_unacknowledged, each.messages_unconfirmed].map((figure, at) => <td key={at}>{figure}</td>)}
          {["publish", "deliver_get", "ack"].map((what) => <td key={what}>{rate(rateOf(each.message_stats, what))}</td>)}
        </tr>
      ))}
    </Grid>
  );
}

/** Why it is blocked or slowed down, if it is. */
function WhyHeld({ name }: { name: string }) {
  const { value } = useLive<Standing>(path`connections/${name}/standing`);
  if (!value?.because.length) return null;
  return (
    <p class="banner" role="status">
      <State state={value.state} /> {T.because}: {value.because.map((each) => T.holding[each] ?? each).join("; ")}
      {value.since ? <> (<Since ms={value.since} />)</> : null}
    </p>
  );
}

/** The reason is told to the client. */
async function closeConnection(name: string, reason: string): Promise<void> {
  await ask("DELETE", path`connections/${name}`, undefined, undefined, reason ? { "x-reason": reason } : {});
}

function factsOf(told: Connection): [string, preact.ComponentChildren][] {
  return [
    [T.state, <State state={told.state} />],
    [T.node, told.node],
    [T.user, told.user],
    [T.vhost, told.vhost],
    [T.protocol, told.protocol],
    [T.since, told.connected_at ? <Moment ms={told.connected_at} /> : ""],
    [T.login, told.auth_mechanism],
    [T.encrypted, told.ssl ? `${told.ssl_protocol ?? ""} ${told.ssl_cipher ?? ""}` : T.no],
    [T.certificate, told.peer_cert_subject],
    [T.heartbeat, told.timeout === undefined ? "" : `${told.timeout} s`],
    [T.frameMax, bytes(told.frame_max)],
    [T.channelMax, told.channel_max],
    [T.fromClient, `${bytes(told.recv_oct)} ${byteRate(told.recv_oct_details?.rate)}`],
    [T.toClient, `${bytes(told.send_oct)} ${byteRate(told.send_oct_details?.rate)}`],
  ];
}
