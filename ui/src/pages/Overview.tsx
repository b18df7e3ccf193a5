// How the whole node, or cluster, is.

import { ask, get, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Chart } from "../parts/Chart";
import { ConfirmButton } from "../parts/Dialog";
import { Example } from "../parts/Example";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { Nodes } from "../parts/Nodes";
import { consumeFirst, publishFirst } from "../pure/example";
import { count, rate } from "../pure/format";
import { link } from "../router";
import { churn, messageRates, NODE_SAMPLES, queueLengths, SAMPLES } from "../stats";
import { T } from "../text";
import type { Overview as Told } from "../types";

export function Overview() {
  const { may } = useConsole();
  const { value, error } = useLive<Told>(`overview?${SAMPLES}&${NODE_SAMPLES}`);
  if (!value) return <Failure error={error} />;
  return (
    <>
      <h1>{value.cluster_name}</h1>
      <p class="quiet">
        {T.knownAs(value.product_name ?? "RabbitMQ", value.product_version ?? value.rabbitmq_version)} · {value.node}
      </p>
      <Totals told={value} />
      <div class="charts">
        <Chart title={T.messageRates} lines={messageRates(value.message_stats)} isRate shown={rate} />
        <Chart title={T.queuedMessages} lines={queueLengths(value.queue_totals)} shown={count} />
        {may.monitor ? <Chart title={T.churn} lines={churn(value.churn_rates)} isRate shown={rate} /> : null}
      </div>
      {value.object_totals.queues === 0 ? <FirstSteps /> : null}
      {may.monitor ? <Nodes /> : null}
      {may.monitor ? <Listeners told={value} /> : null}
      {may.administer ? <Definitions /> : null}
    </>
  );
}

function Totals({ told }: { told: Told }) {
  const objects = ["connections", "channels", "exchanges", "queues", "consumers"] as const;
  return (
    <ul class="totals">
      {objects.map((each) => (
        <li key={each}>
          <a href={link(each === "consumers" ? "queues" : each)}>
            <b>{count(told.object_totals[each])}</b> {T[each]}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Somebody is new here: what to do first. */
function FirstSteps() {
  return (
    <section>
      <h2>{T.firstSteps}</h2>
      <p>{T.firstStepsHow}</p>
      <Example steps={publishFirst()} title={T.thisPublishes} />
      <p>{T.thenConsume}</p>
      <Example steps={consumeFirst()} title={T.thisConsumes} />
    </section>
  );
}

function Listeners({ told }: { told: Told }) {
  return (
    <section>
      <h2>{T.listeners}</h2>
      <Grid titles={[T.protocol, T.address, T.port, T.node]}>
        {told.listeners?.map((each) => (
          <tr key={`${each.node} ${each.protocol} ${each.ip_address} ${each.port}`}>
            <td>{each.protocol}</td>
            <td>{each.ip_address}</td>
            <td>{each.port}</td>
            <td>{each.node}</td>
          </tr>
        ))}
      </Grid>
    </section>
  );
}

/** All that is declared, out of the node and into it. */
function Definitions() {
  const { act, vhost } = useConsole();
  const where = vhost ? path`definitions/${vhost}` : "definitions";
  const download = () => act(T.exported, async () => save("definitions.json", await get(where)));
  const upload = (file: File) =>
    act(T.imported(file.name), async () => ask("POST", where, JSON.parse(await file.text())));
  return (
    <section>
      <h2>{T.definitions}</h2>
      <p class="quiet">{T.definitionsAre(vhost)}</p>
      <div class="buttons">
        <button type="button" onClick={download}>{T.export}</button>
        <label class="button">
          {T.import}
          <input
            type="file"
            accept="application/json,.json"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) void upload(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <ConfirmButton
          label={T.resetStatistics}
          question={T.resetStatisticsSure}
          act={() => act(T.resetStatistics, () => ask("DELETE", "reset"))}
        />
      </div>
    </section>
  );
}

function save(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
