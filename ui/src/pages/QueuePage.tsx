// One queue: what is in it, who consumes it, where its messages come from.

import { ask, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Bindings } from "../parts/Bindings";
import { Chart } from "../parts/Chart";
import { Departures } from "../parts/Departures";
import { ConfirmButton } from "../parts/Dialog";
import { Example } from "../parts/Example";
import { Arguments, Facts, Mark } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { Publish } from "../parts/Publish";
import { consume } from "../pure/example";
import { bytes, count, rate } from "../pure/format";
import { go, link } from "../router";
import { messageRates, queueLengths, SAMPLES } from "../stats";
import { T } from "../text";
import type { Queue, Stats } from "../types";
import { Consumers } from "./Channels";
import { State } from "./Connections";
import { GetMessages } from "./GetMessages";
import { Features } from "./Queues";

export function QueuePage({ vhost, name }: { vhost: string; name: string }) {
  const { entered } = useConsole();
  const mayUse = entered.includes(vhost);
  const where = path`queues/${vhost}/${name}`;
  const { value, error, again } = useLive<Queue>(`${where}?${SAMPLES}`);
  if (!value) return <Failure error={error} />;
  return (
    <>
      <h1>{value.name}</h1>
      <Failure error={error} />
      <Facts facts={factsOf(value)} />
      <div class="charts">
        <Chart title={T.queuedMessages} lines={queueLengths(value as unknown as Stats)} shown={count} />
        <Chart title={T.messageRates} lines={messageRates(value.message_stats)} isRate shown={rate} />
      </div>
      <Contents told={value} />
      {mayUse ? <p><a class="button" href={link("messages", vhost, name)}>{T.lookAtMessages}</a></p> : null}
      <Departures vhost={vhost} name={name} />
      <h2>{T.consumers}</h2>
      <Consumers consumers={value.consumer_details} />
      {mayUse && !value.exclusive && value.consumer_details?.length === 0 ? (
        <Example vhost={vhost} steps={consume(name, value.type === "stream")} title={T.thisConsumes} />
      ) : null}
      <Bindings vhost={vhost} name={name} end="to queue" />
      {mayUse && value.type !== "stream" ? <GetMessages vhost={vhost} name={name} got={again} /> : null}
      {mayUse ? <Publish vhost={vhost} exchange="" routingKey={name} /> : null}
      {mayUse ? <Actions vhost={vhost} name={name} again={again} messages={value.messages} isStream={value.type === "stream"} /> : null}
    </>
  );
}

interface ActionsProps {
  vhost: string;
  name: string;
  again: () => void;
  messages: number | undefined;
  /** What is in a stream stays there. */
  isStream: boolean;
}

function Actions({ vhost, name, again, messages, isStream }: ActionsProps) {
  const { act } = useConsole();
  const where = path`queues/${vhost}/${name}`;
  const purge = () => act(T.purged(name), () => ask("DELETE", `${where}/contents`)).finally(again);
  const drop = () =>
    act(T.deleted(name), async () => {
      await ask("DELETE", where);
      go(link("queues"));
    });
  return (
    <div class="buttons">
      {isStream ? null : <ConfirmButton label={T.purge} question={T.purgeSure(name, count(messages))} act={purge} />}
      <ConfirmButton label={T.delete} question={T.deleteQueueSure(name, count(messages))} act={drop} />
    </div>
  );
}

function factsOf(told: Queue): [string, preact.ComponentChildren][] {
  return [
    [T.vhost, told.vhost],
    [T.type, told.type],
    [T.state, <State state={told.state} />],
    [T.features, <Features row={told} />],
    [T.node, told.node],
    [T.mirrors, <Copies told={told} />],
    [T.policy, told.policy],
    [T.operatorPolicy, told.operator_policy],
    [T.effectivePolicy, <Arguments told={told.effective_policy_definition} />],
    [T.arguments, <Arguments told={told.arguments} />],
    [T.consumerUse, told.consumer_utilisation === undefined || told.consumer_utilisation === null ? "" : `${Math.round(told.consumer_utilisation * 100)} %`],
    [T.memory, bytes(told.memory)],
  ];
}

/** How many there are and how large, and where. */
function Contents({ told }: { told: Queue }) {
  const kinds = ["", "_ready", "_unacknowledged", "_ram", "_persistent", "_paged_out"];
  const figures = told as unknown as Record<string, number | undefined>;
  return (
    <Grid titles={["", T.total, T.ready, T.unacknowledged, T.inMemory, T.persistent, T.pagedOut]}>
      <tr>
        <th scope="row">{T.messages}</th>
        {kinds.map((each) => <td key={each}>{count(figures[`messages${each}`])}</td>)}
      </tr>
      <tr>
        <th scope="row">{T.messageBytes}</th>
        {kinds.map((each) => <td key={each}>{bytes(figures[`message_bytes${each}`])}</td>)}
      </tr>
    </Grid>
  );
}

/** The nodes that have a copy, and whether it is whole. */
function Copies({ told }: { told: Queue }) {
  if (told.slave_nodes) {
    const whole = new Set(told.synchronised_slave_nodes);
    return (
      <>
        {told.slave_nodes.map((each) => (
          <Mark key={each} kind={whole.has(each) ? "good" : "warn"} title={whole.has(each) ? T.synchronised : T.behind}>{each}</Mark>
        ))}
      </>
    );
  }
  const online = new Set(told.online);
  return (
    <>
      {told.members?.map((each) => (
        <Mark key={each} kind={online.has(each) ? "good" : "bad"} title={online.has(each) ? T.running : T.down}>{each}</Mark>
      ))}
    </>
  );
}
