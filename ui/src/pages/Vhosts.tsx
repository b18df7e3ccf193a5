// Virtual hosts, and one of them.

import { ask, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Chart } from "../parts/Chart";
import { ConfirmButton, FormButton, type Field, type Told } from "../parts/Dialog";
import { Facts, Mark, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { ALL, rightsFields, Rights } from "../parts/Rights";
import { useWholeList } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { byteRate, count, rate } from "../pure/format";
import { idOf } from "../pure/names";
import { go, link } from "../router";
import { DATA_SAMPLES, dataRates, messageRates, queueLengths, rateOf, SAMPLES } from "../stats";
import { T } from "../text";
import type { Permission, Stats, TopicPermission, Vhost } from "../types";

const nameOf = (row: Vhost) => row.name;

const columns = (isLinked: boolean): Column<Vhost>[] => [
  { at: "name", title: T.name, cell: (row) => (isLinked ? <To page="vhosts" names={[row.name]} /> : row.name) },
  { at: "description", title: T.description, width: 16 },
  { at: "tags", title: T.tags, width: 10, isExtra: true, cell: (row) => row.tags?.map((each) => <Mark key={each}>{each}</Mark>) },
  { at: "messages_ready", title: T.ready, width: 7, isNumber: true, cell: (row) => count(row.messages_ready) },
  { at: "messages_unacknowledged", title: T.unacknowledged, width: 8, isNumber: true, cell: (row) => count(row.messages_unacknowledged) },
  { at: "messages", title: T.total, width: 7, isNumber: true, cell: (row) => count(row.messages) },
  { at: "cluster_state", title: T.state, width: 7, isUnsorted: true, cell: (row) => <States of={row} /> },
  ...(["publish", "deliver_get"] as const).map((what): Column<Vhost> => ({
    at: `message_stats.${what}_details.rate`,
    title: what === "publish" ? T.published : T.delivered,
    width: 7,
    isNumber: true,
    cell: (row) => rate(rateOf(row.message_stats, what)),
  })),
  { at: "recv_oct_details.rate", title: T.fromClient, width: 7, isNumber: true, isExtra: true, cell: (row) => byteRate(row.recv_oct_details?.rate) },
  { at: "send_oct_details.rate", title: T.toClient, width: 7, isNumber: true, isExtra: true, cell: (row) => byteRate(row.send_oct_details?.rate) },
];

/** On each node; where all agree, once. */
function States({ of }: { of: Vhost }) {
  const nodes = Object.entries(of.cluster_state ?? {});
  const states = [...new Set(nodes.map(([, state]) => state))];
  const title = nodes.map(([node, state]) => `${node}: ${state}`).join("\n");
  return <>{states.map((each) => <Mark key={each} kind={each === "running" ? "good" : "bad"} title={title}>{each}</Mark>)}</>;
}

const fieldsOf = (told?: Vhost): Field[] => [
  ...(told ? [] : [{ name: "name", label: T.name }]),
  { name: "description", label: T.description, isOptional: true, value: told?.description },
  { name: "tags", label: T.tags, isOptional: true, value: told?.tags?.join(",") },
  { name: "tracing", label: T.tracing, kind: "check", value: String(told?.tracing ?? false) },
];

const bodyOf = ({ description = "", tags = "", tracing }: Told) => ({ description, tags, tracing: !!tracing });

export function Vhosts() {
  const { act, may } = useConsole();
  const [wish, change] = useWish("vhosts", "name");
  const list = useWholeList<Vhost>("vhosts", wish, nameOf);
  const add = async (told: Told) => {
    const { name = "" } = told;
    const isDone = await act(T.saved(name), () => ask("PUT", path`vhosts/${name}`, bodyOf(told)));
    list.again();
    return isDone;
  };
  return (
    <>
      <h1>{T.vhosts}</h1>
      <Table
        name="vhosts"
        label={T.vhosts}
        columns={columns(may.administer)}
        {...{ list, wish, change }}
        empty={<p>{T.nothingHere}</p>}
        actions={may.administer ? <FormButton label={T.add} title={T.newVhost} fields={fieldsOf()} send={add} isFirst /> : null}
      />
    </>
  );
}

export function VhostPage({ name }: { name: string }) {
  const { act } = useConsole();
  const where = path`vhosts/${name}`;
  const { value, error, again } = useLive<Vhost>(`${where}?${SAMPLES}&${DATA_SAMPLES}`);
  if (!value) return <Failure error={error} />;
  const change = async (told: Told) => {
    const isDone = await act(T.saved(name), () => ask("PUT", where, bodyOf(told)));
    again();
    return isDone;
  };
  const drop = () =>
    act(T.deleted(name), async () => {
      await ask("DELETE", where);
      go(link("vhosts"));
    });
  return (
    <>
      <h1>{value.name}</h1>
      <Failure error={error} />
      <Facts
        facts={[
          [T.description, value.description],
          [T.tags, value.tags?.join(", ")],
          [T.state, <States of={value} />],
          [T.tracing, value.tracing ? T.yes : T.no],
          [T.queueType, value.default_queue_type === "undefined" ? "" : value.default_queue_type],
        ]}
      />
      <div class="charts">
        <Chart title={T.queuedMessages} lines={queueLengths(value as unknown as Stats)} shown={count} />
        <Chart title={T.messageRates} lines={messageRates(value.message_stats)} isRate shown={rate} />
        <Chart title={T.dataRates} lines={dataRates(value as unknown as Stats)} isRate shown={byteRate} />
      </div>
      <WhoMay vhost={name} />
      <WhoMayUseTopics vhost={name} />
      <div class="buttons">
        <FormButton label={T.change} title={T.changeVhost(name)} fields={fieldsOf(value)} send={change} />
        <ConfirmButton label={T.delete} question={T.deleteVhostSure(name)} act={drop} />
      </div>
    </>
  );
}

function WhoMay({ vhost }: { vhost: string }) {
  const { value, error, again } = useLive<Permission[]>(path`vhosts/${vhost}/permissions`);
  return (
    <section>
      <div class="bar">
        <h2>{T.permissions}</h2>
        <span class="space" />
        <Permit vhost={vhost} permitted={again} />
      </div>
      <Failure error={error} />
      {value?.length === 0 ? <p class="quiet">{T.nobodyMay}</p> : null}
      <ul class="bindings">
        {value?.map((each) => (
          <li key={each.user}>
            <To page="users" names={[each.user]} />
            <Rights told={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Whose name is to be chosen only administrators may know. */
function Permit({ vhost, permitted }: { vhost: string; permitted: () => void }) {
  const { act, may } = useConsole();
  const { value } = useLive<{ name: string }[]>(may.administer ? "users?columns=name" : undefined);
  const set = async (told: Told) => {
    const { user = "", configure = "", write = "", read = "" } = told;
    const isDone = await act(T.saved(user), () => ask("PUT", path`permissions/${vhost}/${user}`, { configure, write, read }));
    permitted();
    return isDone;
  };
  if (!value) return null;
  const fields: Field[] = [
    { name: "user", label: T.user, kind: "choice", choices: value.map((each) => each.name) },
    ...rightsFields(ALL),
  ];
  return <FormButton label={T.permit} title={T.permitIn(vhost)} fields={fields} send={set} />;
}

function WhoMayUseTopics({ vhost }: { vhost: string }) {
  const { value } = useLive<TopicPermission[]>(path`vhosts/${vhost}/topic-permissions`);
  if (!value?.length) return null;
  return (
    <section>
      <h2>{T.topicPermissions}</h2>
      <ul class="bindings">
        {value.map((each) => (
          <li key={idOf(each.user, each.exchange)}>
            <To page="users" names={[each.user]} /> <code>{each.exchange}</code>
            <Rights told={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}
