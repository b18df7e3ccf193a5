// A list of things: searched, sorted, its columns chosen, and drawn only as far as it is seen.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { valueAt } from "../pure/rows";
import { T } from "../text";
import { Failure } from "./Failure";
import type { List, Wish } from "./list";

export interface Column<Row> {
  /** Where the value is, which the list can be sorted by: message_stats.publish_details.rate. */
  at: string;
  title: string;
  cell?: (row: Row) => ComponentChildren;
  width?: number;
  isNumber?: boolean;
  /** Shown only to who chooses it. */
  isExtra?: boolean;
  /** There is no order. */
  isUnsorted?: boolean;
}

const ROW_PX = 34;
const BEYOND = 8;

/** What is searched for and how it is sorted; kept while the tab is open. */
export function useWish(name: string, sort: string, isReversed = false): [Wish, (next: Partial<Wish>) => void] {
  const kept = `leveret.wish.${name}`;
  const [wish, setWish] = useState<Wish>(() => {
    const start = { search: "", isRegex: false, sort, isReversed };
    return { ...start, ...JSON.parse(sessionStorage.getItem(kept) ?? "{}") };
  });
  const change = (next: Partial<Wish>) => {
    const changed = { ...wish, ...next };
    sessionStorage.setItem(kept, JSON.stringify(changed));
    setWish(changed);
  };
  return [wish, change];
}

interface TableProps<Row> {
  name: string;
  label: string;
  columns: Column<Row>[];
  list: List<Row>;
  wish: Wish;
  change: (next: Partial<Wish>) => void;
  /** What is said where there is nothing at all. */
  empty: ComponentChildren;
  actions?: ComponentChildren;
  /** What can be searched for, where it is not the name. */
  searchFor?: string;
}

export function Table<Row>(props: TableProps<Row>) {
  const { list, wish, label } = props;
  const [hidden, setHidden] = useHidden(props.name, props.columns);
  const columns = props.columns.filter((each) => !hidden.has(each.at));
  const isEmpty = !list.isLoading && list.total === 0 && !wish.search;
  return (
    <section class="list" aria-label={label}>
      <Bar {...props} hidden={hidden} setHidden={setHidden} />
      <Failure error={list.error} />
      {isEmpty && !list.error ? <div class="empty">{props.empty}</div> : null}
      {isEmpty ? null : <Body {...props} columns={columns} />}
    </section>
  );
}

function useHidden<Row>(name: string, columns: Column<Row>[]) {
  const kept = `leveret.columns.${name}`;
  const [hidden, setHidden] = useState<Set<string>>(() => {
    const chosen = localStorage.getItem(kept);
    const extra = columns.filter((each) => each.isExtra).map((each) => each.at);
    return new Set(chosen ? (JSON.parse(chosen) as string[]) : extra);
  });
  const choose = (next: Set<string>) => {
    localStorage.setItem(kept, JSON.stringify([...next]));
    setHidden(next);
  };
  return [hidden, choose] as const;
}

interface BarProps<Row> extends TableProps<Row> {
  hidden: Set<string>;
  setHidden: (next: Set<string>) => void;
}

function Bar<Row>({ wish, change, list, columns, actions, searchFor, hidden, setHidden }: BarProps<Row>) {
  const toggle = (at: string) => {
    const next = new Set(hidden);
    if (!next.delete(at)) next.add(at);
    setHidden(next);
  };
  return (
    <div class="bar">
      <input
        type="search"
        placeholder={searchFor ?? T.search}
        aria-label={searchFor ?? T.search}
        value={wish.search}
        onInput={(event) => change({ search: event.currentTarget.value })}
      />
      <label class="choice">
        <input
          type="checkbox"
          checked={wish.isRegex}
          onChange={(event) => change({ isRegex: event.currentTarget.checked })}
        />
        {T.regex}
      </label>
      <span class="count" role="status">
        {list.isLoading ? T.loading : T.found(list.count, list.total)}
      </span>
      <span class="space" />
      {actions}
      <details class="columns">
        <summary>{T.columns}</summary>
        <div>
          {columns.map((each) => (
            <label key={each.at} class="choice">
              <input type="checkbox" checked={!hidden.has(each.at)} onChange={() => toggle(each.at)} />
              {each.title}
            </label>
          ))}
        </div>
      </details>
    </div>
  );
}

function Body<Row>({ columns, list, wish, change, label }: TableProps<Row>) {
  const [sight, box] = useSight(list);
  const places = useMemo(() => range(sight.first, Math.min(sight.last, list.count)), [sight, list.count]);
  const above = (places[0] ?? 0) * ROW_PX;
  const below = (list.count - ((places.at(-1) ?? -1) + 1)) * ROW_PX;
  return (
    <div
      class="rows"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={label}
      onPointerEnter={() => list.hold(true)}
      onPointerLeave={() => list.hold(false)}
    >
      <table aria-rowcount={list.count + 1}>
        <thead>
          <tr>
            {columns.map((each) => (
              <Head key={each.at} column={each} wish={wish} change={change} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap px={above} />
          {places.map((at) => (
            <tr key={at} aria-rowindex={at + 2}>
              {columns.map((each) => (
                <td key={each.at} class={each.isNumber ? "number" : undefined}>
                  {cellOf(each, list.rows.get(at))}
                </td>
              ))}
            </tr>
          ))}
          <Gap px={below} />
        </tbody>
      </table>
    </div>
  );
}

/** Which rows the box shows; tells the list, which then has them. */
function useSight<Row>(list: List<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ first: 0, last: 60 });
  const { see } = list;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / ROW_PX) - BEYOND);
      const last = first + Math.ceil(element.clientHeight / ROW_PX) + 2 * BEYOND;
      setSight((before) => (before.first === first && before.last === last ? before : { first, last }));
      see(first, last);
    };
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [see]);
  return [sight, box] as const;
}

function Head<Row>({ column, wish, change }: { column: Column<Row> } & Pick<TableProps<Row>, "wish" | "change">) {
  const isSorted = wish.sort === column.at;
  const sort = () => change({ sort: column.at, isReversed: isSorted ? !wish.isReversed : !!column.isNumber });
  const order = wish.isReversed ? "descending" : "ascending";
  const style = column.width ? { width: `${column.width}rem` } : undefined;
  return (
    <th scope="col" aria-sort={isSorted ? order : undefined} style={style} class={column.isNumber ? "number" : undefined}>
      {column.isUnsorted ? column.title : <button type="button" onClick={sort}>{column.title}</button>}
    </th>
  );
}

function Gap({ px }: { px: number }) {
  return px > 0 ? <tr aria-hidden="true" class="gap"><td style={{ height: `${px}px` }} /></tr> : null;
}

function cellOf<Row>(column: Column<Row>, row: Row | undefined): ComponentChildren {
  if (row === undefined) return "";
  if (column.cell) return column.cell(row);
  const value = valueAt(row, column.at);
  return value === undefined || value === null ? "" : String(value);
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
}
