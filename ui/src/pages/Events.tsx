// What has happened on the nodes, the newest first.

import { Moment } from "../parts/Facts";
import { usePagedList } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { fieldsOf } from "../pure/fields";
import { T } from "../text";
import type { Happening } from "../types";

const keyOf = (row: Happening) => [row.time, row.node, row.name, JSON.stringify(row.fields)].join(" ");

const columns = (): Column<Happening>[] => [
  { at: "time", title: T.time, width: 7, cell: (row) => <Moment ms={row.time} /> },
  { at: "name", title: T.event, width: 13 },
  { at: "fields", title: T.what, isUnsorted: true, cell: (row) => <Fields told={row.fields} /> },
  { at: "by", title: T.by, width: 8 },
  { at: "node", title: T.node, width: 10, isExtra: true },
];

function Fields({ told }: { told: Record<string, unknown> }) {
  const fields = fieldsOf(told);
  return (
    <span class="fields" title={fields.map(([name, value]) => `${name}: ${value}`).join("\n")}>
      {fields.map(([name, value]) => (
        <span key={name}>
          <span class="quiet">{name}</span> {value}{" "}
        </span>
      ))}
    </span>
  );
}

export function Events() {
  const [wish, change] = useWish("events", "time", true);
  const list = usePagedList<Happening>("events", wish, keyOf, "text");
  const empty = <p>{T.noEvents}</p>;
  return (
    <>
      <h1>{T.events}</h1>
      <p class="quiet">{T.eventsHint}</p>
      <Table name="events" label={T.events} columns={columns()} {...{ list, wish, change, empty }} searchFor={T.searchEvents} />
    </>
  );
}
