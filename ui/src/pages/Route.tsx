// Where a message would go and why; and the last ones that went nowhere.

import { useState } from "preact/hooks";
import { ask, path, withQuery } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { Form, type Told } from "../parts/Dialog";
import { Arguments, Mark, Moment, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { parseArguments } from "../pure/arguments";
import { duration } from "../pure/format";
import { T } from "../text";
import type { Explanation, Step, Unrouted, Way } from "../types";

const NEWEST = { sort: "time", sort_reverse: true, page: 1, page_size: 100 };

export function Route({ query }: { query: URLSearchParams }) {
  const { act, vhost, entered } = useConsole();
  const [told, setTold] = useState<Explanation>();
  const explain = (said: Told) =>
    act("", async () => {
      const headers = parseArguments(said.headers ?? "");
      setTold(
        await ask<Explanation>("POST", path`exchanges/${said.vhost ?? ""}/${said.exchange || "amq.default"}/explain`, {
          routing_key: said.key ?? "",
          headers,
        }),
      );
    });
  return (
    <>
      <h1>{T.route}</h1>
      <p class="quiet">{T.routeHow}</p>
      {entered.length ? (
        <Form
          fields={[
            { name: "vhost", label: T.vhost, kind: "choice", choices: entered, value: query.get("vhost") ?? vhost },
            { name: "exchange", label: T.exchange, isOptional: true, hint: T.defaultIsEmpty, value: query.get("exchange") ?? "" },
            { name: "key", label: T.routingKey, isOptional: true, value: query.get("key") ?? "" },
            { name: "headers", label: T.headers, kind: "area", isOptional: true, hint: T.argumentsHint },
          ]}
          submit={T.explain}
          send={explain}
        />
      ) : (
        <p class="quiet">{T.nowhereToGo}</p>
      )}
      {told ? <Explained told={told} /> : null}
      <Unroutable />
    </>
  );
}

function Explained({ told }: { told: Explanation }) {
  return (
    <section class="panel" aria-label={T.explanation}>
      {told.refused ? <p class="failure">{T.wouldBeRefused(told.refused)}</p> : null}
      <p>
        {told.routed ? (told.certain ? T.goesTo : T.mayGoTo) : T.goesNowhere}{" "}
        {told.queues.map((each) => <Mark key={each} kind="good">{each}</Mark>)}
        {told.queues_down.map((each) => <Mark key={each} kind="bad" title={T.homeIsDown}>{each}</Mark>)}
      </p>
      {told.steps.map((each) => <OneStep key={each.exchange} step={each} />)}
    </section>
  );
}

function OneStep({ step }: { step: Step }) {
  return (
    <>
      <h2>{step.exchange || T.defaultExchange} <Mark>{step.type}</Mark> <span class="quiet">{T.reachedBy[step.reached_by]}</span></h2>
      {step.held_ms ? <p>{T.heldFor(duration(step.held_ms))}</p> : null}
      {step.exchange ? null : <p class="quiet">{T.defaultBinds}</p>}
      <ul class="bindings">
        {step.bindings.map((each, at) => <OneWay key={at} way={each} />)}
      </ul>
      {step.exchange && !step.bindings.length ? <p class="quiet">{T.nothingBound}</p> : null}
      {step.not_told ? <p class="quiet">{T.notTold(step.not_told)}</p> : null}
      {step.goes_to_alternate ? <p>{T.toAlternate(step.alternate ?? "")}</p> : null}
    </>
  );
}

function OneWay({ way }: { way: Way }) {
  return (
    <li>
      <Mark kind={way.matched ? "good" : "plain"}>{way.matched ? T.yes : T.no}</Mark>
      <span>→ {T.kinds[way.destination_type]} <b>{way.destination}</b></span>
      <code>{way.routing_key}</code>
      <Arguments told={way.arguments} />
      <span class="quiet">{T.bindingReason(way)}</span>
    </li>
  );
}

/** Live: the newest first. */
function Unroutable() {
  const { vhost } = useConsole();
  const { value, error } = useLive<{ items: Unrouted[] }>(withQuery(vhost ? path`unroutable/${vhost}` : "unroutable", NEWEST));
  return (
    <section>
      <h2>{T.unroutableLast}</h2>
      <Failure error={error} />
      {value?.items.length === 0 ? <p class="quiet">{T.nothingUnroutable}</p> : null}
      {value?.items.length ? (
        <Grid titles={[T.time, T.vhost, T.exchange, T.routingKey, T.outcomeOf, T.user, T.connection]}>
          {value.items.map((each, at) => (
            <tr key={`${each.time} ${at}`}>
              <td><Moment ms={each.time} /></td>
              <td>{each.vhost}</td>
              <td>{each.exchange || T.defaultExchange}</td>
              <td>{each.routing_key}</td>
              <td>{T.outcomes[each.outcome]}</td>
              <td>{each.user}</td>
              <td>{each.channel ? <To page="connections" names={[each.connection]} /> : each.connection}</td>
            </tr>
          ))}
        </Grid>
      ) : null}
    </section>
  );
}
