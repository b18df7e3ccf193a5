// The messages of a queue, looked at without taking them; chosen ones deleted, moved, replayed.

import { useCallback, useEffect, useState } from "preact/hooks";
import { ask, get, path, Refused, withQuery } from "../api";
import { useConsole } from "../context";
import { ConfirmButton, FormButton, type Told } from "../parts/Dialog";
import { Example } from "../parts/Example";
import { Facts, Moment, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { publish } from "../pure/example";
import { count } from "../pure/format";
import { useLive } from "../live";
import { T } from "../text";
import type { Looked, Outcome, Queue, Seen } from "../types";
import { Message } from "./GetMessages";

const PAGE = 50;
const TRUNCATE = 100_000;
const STATES = ["ready", "unacknowledged"] as const;
const PARTS = ["body,properties,address", "body", "properties", "address"];

type State = (typeof STATES)[number];

interface Wish {
  state: State;
  from: string;
  search: string;
  parts: string;
}

const FIRST: Wish = { state: "ready", from: "", search: "", parts: PARTS[0] ?? "" };

export function Messages({ vhost, name }: { vhost: string; name: string }) {
  const where = path`queues/${vhost}/${name}`;
  const { value: queue, error } = useLive<Queue>(where);
  const [wish, setWish] = useState(FIRST);
  const look = useLook(`${where}/messages`, wish);
  const [chosen, setChosen] = useState(new Set<number>());
  const change = (next: Partial<Wish>) => {
    setChosen(new Set());
    setWish({ ...wish, from: "", ...next });
  };
  if (!queue) return <Failure error={error} />;
  const isStream = queue.type === "stream";
  const mayChange = !isStream && wish.state === "ready";
  return (
    <>
      <h1>{T.messagesOf(name)}</h1>
      <p class="quiet">{T.lookedAtOnly} <To page="queues" names={[vhost, name]} /></p>
      {isRefused(look) ? null : <Looking {...{ wish, change, isStream }} again={look.again} />}
      <Failure error={look.error} />
      {mayChange && look.told ? (
        <Actions {...{ vhost, name, chosen }} told={look.told} done={() => { setChosen(new Set()); look.again(); }} />
      ) : null}
      {look.told ? <Rows told={look.told} chosen={mayChange ? chosen : undefined} choose={setChosen} /> : null}
      <Turning told={look.told} from={wish.from} go={(from) => change({ from })} />
      {look.told && queue.messages === 0 ? <Example vhost={vhost} steps={publish(name)} title={T.thisPublishes} /> : null}
    </>
  );
}

/** What a delayed exchange holds back: the same, to look at. */
export function Delayed({ vhost, name }: { vhost: string; name: string }) {
  const [wish, setWish] = useState(FIRST);
  const look = useLook(path`exchanges/${vhost}/${name}/delayed`, wish);
  return (
    <>
      <h1>{T.heldBackBy(name)}</h1>
      <p class="quiet">{T.lookedAtOnly} <To page="exchanges" names={[vhost, name]} /></p>
      {isRefused(look) ? null : (
        <Looking wish={wish} change={(next) => setWish({ ...wish, from: "", ...next })} isStream={false} isDelayed again={look.again} />
      )}
      <Failure error={look.error} />
      {look.told ? <Rows told={look.told} choose={() => {}} /> : null}
      <Turning told={look.told} from={wish.from} go={(from) => setWish({ ...wish, from })} />
    </>
  );
}

/** Asked once for each wish: what one looks at stays where it is until one looks again. */
function useLook(where: string, wish: Wish) {
  const [told, setTold] = useState<Looked>();
  const [error, setError] = useState<Refused>();
  const [times, setTimes] = useState(0);
  const asked = withQuery(where, {
    state: wish.state === "ready" ? undefined : wish.state,
    from: wish.from,
    search: wish.search,
    search_in: wish.search ? wish.parts : undefined,
    count: PAGE,
    truncate: TRUNCATE,
  });
  useEffect(() => {
    const gone = new AbortController();
    setError(undefined);
    get<Looked>(asked, gone.signal)
      .then(setTold)
      .catch((refused) => {
        if (gone.signal.aborted) return;
        if (!(refused instanceof Refused)) throw refused;
        setTold(undefined);
        setError(refused);
      });
    return () => gone.abort();
  }, [asked, times]);
  return { told, error, again: useCallback(() => setTimes((before) => before + 1), []) };
}

/** Who may not look has no use for ways to look. */
const isRefused = ({ error }: { error: Refused | undefined }) => error?.status === 401;

interface LookingProps {
  wish: Wish;
  change: (next: Partial<Wish>) => void;
  isStream: boolean;
  isDelayed?: boolean;
  again: () => void;
}

function Looking({ wish, change, isStream, isDelayed = false, again }: LookingProps) {
  return (
    <div class="bar">
      {isStream || isDelayed
        ? null
        : STATES.map((each) => (
            <button key={each} type="button" aria-pressed={wish.state === each} onClick={() => change({ state: each })}>
              {T.states[each]}
            </button>
          ))}
      <input
        type="search"
        placeholder={T.searchMessages}
        aria-label={T.searchMessages}
        value={wish.search}
        onChange={(event) => change({ search: event.currentTarget.value })}
      />
      <select aria-label={T.searchIn} value={wish.parts} onChange={(event) => change({ parts: event.currentTarget.value })}>
        {PARTS.map((each, at) => (
          <option key={each} value={each}>{T.parts[at]}</option>
        ))}
      </select>
      {isStream ? (
        <input type="text" placeholder={T.offsetHint} aria-label={T.offset} value={wish.from} onChange={(event) => change({ from: event.currentTarget.value })} />
      ) : null}
      <button type="button" onClick={again}>{T.lookAgain}</button>
    </div>
  );
}

interface RowsProps {
  told: Looked;
  /** None where nothing can be done to them. */
  chosen?: Set<number>;
  choose: (next: Set<number>) => void;
}

function Rows({ told, chosen, choose }: RowsProps) {
  if (!told.messages.length) return <p class="empty">{T.noMessages}</p>;
  const all = told.messages.map((each) => each.position);
  const isAll = all.every((each) => chosen?.has(each));
  const flip = (position: number) => {
    const next = new Set(chosen);
    if (!next.delete(position)) next.add(position);
    choose(next);
  };
  return (
    <ul class="plain messages" aria-label={T.messages}>
      {chosen ? (
        <li>
          <label class="choice">
            <input type="checkbox" checked={isAll} onChange={() => choose(new Set(isAll ? [] : all))} />
            {T.chooseShown(all.length)}
          </label>
        </li>
      ) : null}
      {told.messages.map((each) => (
        <li key={each.position}>
          {chosen ? (
            <input type="checkbox" aria-label={T.chooseMessage(each.place)} checked={chosen.has(each.position)} onChange={() => flip(each.position)} />
          ) : null}
          <details>
            <summary>
              <span class="number">{each.place}</span> {each.exchange || T.defaultExchange} → {each.routing_key}{" "}
              <span class="quiet">{beginning(each)}</span>
            </summary>
            <More seen={each} />
            <Message told={each} />
          </details>
        </li>
      ))}
    </ul>
  );
}

const beginning = (seen: Seen) => (seen.payload_encoding === "string" ? seen.payload.slice(0, 80) : T.octets);

/** Who holds it and for how long, or until when it is held back. */
function More({ seen }: { seen: Seen }) {
  const { holder, due } = seen;
  return (
    <Facts
      facts={[
        [T.heldBy, holder?.connection ? <To page="connections" names={[holder.connection]} /> : holder?.node],
        [T.channel, holder?.channel || undefined],
        [T.user, holder?.user],
        [T.consumerTag, holder?.consumer_tag],
        [T.since, holder?.since ? <Moment ms={Date.parse(holder.since)} /> : undefined],
        [T.due, due ? <Moment ms={Date.parse(due)} /> : undefined],
      ]}
    />
  );
}

function Turning({ told, from, go }: { told: Looked | undefined; from: string; go: (from: string) => void }) {
  const next = told?.next;
  return (
    <div class="buttons">
      {from ? <button type="button" onClick={() => go("")}>{T.toStart}</button> : null}
      {next !== null && next !== undefined ? <button type="button" onClick={() => go(String(next))}>{T.further}</button> : null}
    </div>
  );
}

// Doing something to them -----------------------------------------------------------------------

interface ActionsProps {
  vhost: string;
  name: string;
  told: Looked;
  chosen: Set<number>;
  done: () => void;
}

function Actions({ vhost, name, told, chosen, done }: ActionsProps) {
  const { act } = useConsole();
  const [outcome, setOutcome] = useState<Outcome>();
  const number = chosen.size || told.messages_ready || 0;
  const what = chosen.size ? T.chosenOnes(chosen.size) : T.allThatWait(count(number));
  const send = (action: string, more: object = {}) =>
    act("", async () => {
      const positions = chosen.size ? [...chosen] : "all";
      setOutcome(await ask<Outcome>("POST", path`queues/${vhost}/${name}/messages/${action}`, { positions, ...more }));
      done();
    });
  const address = [
    { name: "exchange", label: T.exchange, isOptional: true, hint: T.defaultIsEmpty },
    { name: "routing_key", label: T.routingKey, isOptional: true, hint: T.itsOwnKey },
  ];
  const republish = (said: Told) =>
    send("republish", { exchange: said.exchange || "amq.default", ...(said.routing_key ? { routing_key: said.routing_key } : {}) });
  return (
    <>
      <div class="bar">
        <span class="count">{what}:</span>
        <ConfirmButton label={T.replay} question={T.replaySure(what)} act={() => send("replay")} />
        <FormButton label={T.move} title={T.moveTo(what)} fields={[{ name: "queue", label: T.queue }]} send={(said) => send("move", { queue: said.queue })} />
        <ConfirmButton label={T.requeue} question={T.requeueSure(what)} act={() => send("requeue")} />
        <FormButton label={T.republish} title={T.republishTo(what)} fields={address} send={republish} />
        <ConfirmButton label={T.delete} question={T.deleteMessagesSure(what)} act={() => send("delete")} />
      </div>
      {outcome ? <Came outcome={outcome} /> : null}
    </>
  );
}

/** What has become of those that were chosen. */
function Came({ outcome }: { outcome: Outcome }) {
  return (
    <div class="panel" role="status">
      <p>{T.outcome(outcome.moved, outcome.missing, outcome.kept)}</p>
      {Object.entries(outcome.reasons).map(([reason, times]) => (
        <p key={reason} class="quiet">{times}: {reason}</p>
      ))}
    </div>
  );
}
