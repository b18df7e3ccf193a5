// Exchanges, and one of them.

import { ask, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Bindings } from "../parts/Bindings";
import { Chart } from "../parts/Chart";
import { Declare } from "../parts/Declare";
import { ConfirmButton, type Field, type Told } from "../parts/Dialog";
import { Example } from "../parts/Example";
import { Arguments, Facts, Mark, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { usePagedList } from "../parts/list";
import { Publish } from "../parts/Publish";
import { Table, useWish, type Column } from "../parts/Table";
import { parseArguments } from "../pure/arguments";
import { bind } from "../pure/example";
import { rate } from "../pure/format";
import { idOf } from "../pure/names";
import { go, link } from "../router";
import { rateOf, rates, SAMPLES } from "../stats";
import { T } from "../text";
import type { Exchange } from "../types";

// The exchange without a name has this one in paths.
const DEFAULT = "amq.default";
const TYPES = ["direct", "fanout", "topic", "headers", "x-consistent-hash", "x-random", "x-delayed-message"];

const keyOf = (row: Exchange) => idOf(row.vhost, row.name);
const rowLink = (row: Exchange) => (
  <To page="exchanges" names={[row.vhost, row.name || DEFAULT]}>{row.name || T.defaultExchange}</To>
);

const columns = (): Column<Exchange>[] => [
  { at: "name", title: T.name, cell: rowLink },
  { at: "vhost", title: T.vhost, width: 10 },
  { at: "type", title: T.type, width: 9 },
  { at: "durable", title: T.features, width: 9, cell: (row) => <Features row={row} /> },
  { at: "policy", title: T.policy, width: 9 },
  rateColumn("publish_in", T.in),
  rateColumn("publish_out", T.out),
];

function rateColumn(name: string, title: string): Column<Exchange> {
  return {
    at: `message_stats.${name}_details.rate`,
    title,
    width: 7,
    isNumber: true,
    cell: (row) => rate(rateOf(row.message_stats, name)),
  };
}

function Features({ row }: { row: Exchange }) {
  return (
    <>
      {row.durable ? <Mark title={T.durable}>D</Mark> : null}
      {row.auto_delete ? <Mark title={T.autoDelete}>AD</Mark> : null}
      {row.internal ? <Mark title={T.internal}>I</Mark> : null}
    </>
  );
}

export function Exchanges() {
  const { vhost } = useConsole();
  const [wish, change] = useWish("exchanges", "name");
  const list = usePagedList<Exchange>(vhost ? path`exchanges/${vhost}` : "exchanges", wish, keyOf);
  return (
    <>
      <h1>{T.exchanges}</h1>
      <Table
        name="exchanges"
        label={T.exchanges}
        columns={columns()}
        {...{ list, wish, change }}
        empty={<p>{T.noExchanges}</p>}
        actions={<Declare kind="exchanges" title={T.newExchange} types={TYPES} fields={fields()} bodyOf={bodyOf} declared={list.again} />}
      />
    </>
  );
}

const fields = (): Field[] => [
  { name: "internal", label: T.internal, kind: "check" },
  { name: "arguments", label: T.arguments, kind: "area", isOptional: true, hint: T.argumentsHint },
];

const bodyOf = (told: Told) => ({
  type: told.type,
  internal: !!told.internal,
  arguments: parseArguments(told.arguments ?? ""),
});

export function ExchangePage({ vhost, name }: { vhost: string; name: string }) {
  const { act, entered } = useConsole();
  const mayUse = entered.includes(vhost);
  const where = path`exchanges/${vhost}/${name}`;
  const { value, error } = useLive<Exchange>(`${where}?${SAMPLES}`);
  if (!value) return <Failure error={error} />;
  const drop = () =>
    act(T.deleted(name), async () => {
      await ask("DELETE", where);
      go(link("exchanges"));
    });
  return (
    <>
      <h1>{value.name || T.defaultExchange}</h1>
      <Failure error={error} />
      <Facts
        facts={[
          [T.vhost, value.vhost],
          [T.type, value.type],
          [T.features, <Features row={value} />],
          [T.policy, value.policy],
          [T.arguments, <Arguments told={value.arguments} />],
        ]}
      />
      <div class="charts">
        <Chart
          title={T.messageRates}
          lines={rates(value.message_stats, [["publish_in", T.in], ["publish_out", T.out]])}
          isRate
          shown={rate}
        />
      </div>
      {value.name ? (
        <>
          <Bindings
            vhost={vhost}
            name={name}
            end="from exchange"
            first={mayUse && !value.internal ? <Example vhost={vhost} steps={bind(name, value.type)} title={T.thisBinds} /> : null}
          />
          <Bindings vhost={vhost} name={name} end="to exchange" />
        </>
      ) : (
        <p class="quiet">{T.defaultBinds}</p>
      )}
      {mayUse ? <p class="buttons">
        <a class="button" href={`${link("route")}?${new URLSearchParams({ vhost, exchange: value.name })}`}>{T.explain}</a>
        {value.type === "x-delayed-message" ? <a class="button" href={link("delayed", vhost, name)}>{T.lookAtDelayed}</a> : null}
      </p> : null}
      {value.internal || !mayUse ? null : <Publish vhost={vhost} exchange={value.name} />}
      {mayUse && value.name && !value.name.startsWith("amq.") ? (
        <ConfirmButton label={T.delete} question={T.deleteSure(name)} act={drop} />
      ) : null}
    </>
  );
}
