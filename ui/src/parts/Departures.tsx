// How messages have left a queue.

import { path } from "../api";
import { useLive } from "../live";
import { count } from "../pure/format";
import { T } from "../text";
import type { Departures as Counts, Deaths } from "../types";
import { Moment } from "./Facts";

const REASONS = ["expired", "maxlen", "rejected", "delivery_limit"] as const;

export function Departures({ vhost, name }: { vhost: string; name: string }) {
  const { value } = useLive<Counts>(path`queues/${vhost}/${name}/departures`);
  if (!value) return null;
  const rows: [string, number][] = [
    [T.left.acknowledged, value.acknowledged],
    [T.left.unasked, value.delivered_without_acknowledgement],
    ...REASONS.flatMap((each) => ofDeaths(T.left[each], value[each])),
    [T.left.purged, value.purged],
    [T.left.takenOut, value.taken_out],
  ];
  const told = rows.filter(([, times]) => times > 0);
  return (
    <>
      <h2>{T.whatLeft}</h2>
      <p class="quiet">{T.since} <Moment ms={value.since} /></p>
      {told.length ? (
        <table class="narrow" aria-label={T.whatLeft}>
          <tbody>
            {told.map(([label, times]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number">{count(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p class="quiet">{T.nothingLeft}</p>
      )}
    </>
  );
}

function ofDeaths(label: string, deaths: Deaths): [string, number][] {
  return [
    [`${label}, ${T.left.deadLettered}`, deaths.dead_lettered],
    [`${label}, ${T.left.dropped}`, deaths.dropped],
  ];
}
