// The rows behind a list: searched, sorted and cut by the node, or here where they are few.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { path, withQuery } from "../api";
import { useLive, useLiveAll } from "../live";
import type { Refused } from "../api";
import { compare, grown, matcher, merged, valueAt, type Rows } from "../pure/rows";

export interface Wish {
  search: string;
  isRegex: boolean;
  sort: string;
  isReversed: boolean;
}

export interface List<Row> {
  rows: Rows<Row>;
  /** Of those that are searched for, and of all. */
  count: number;
  total: number;
  isLoading: boolean;
  error: Refused | undefined;
  again: () => void;
  /** Which rows are in sight, and whether the pointer is on them. */
  see: (first: number, last: number) => void;
  hold: (isHeld: boolean) => void;
}

interface Page<Row> {
  items: Row[];
  filtered_count: number;
  total_count: number;
}

const PAGE = 100;
const EMPTY = new Map<number, never>();

/** A list that the node cuts into pages: only those in sight are asked for. */
export function usePagedList<Row>(
  where: string | undefined,
  wish: Wish,
  keyOf: (row: Row) => string,
  searchBy = "name",
): List<Row> {
  const [[firstPage, lastPage], setSight] = useState([1, 1]);
  const parameters = useMemo(
    () => ({
      // A pattern is matched with names alone.
      [wish.isRegex ? "name" : searchBy]: wish.search,
      use_regex: wish.search ? wish.isRegex : undefined,
      sort: wish.sort,
      sort_reverse: wish.isReversed,
      page_size: PAGE,
    }),
    [wish.search, wish.isRegex, wish.sort, wish.isReversed],
  );
  const numbers = Array.from({ length: lastPage - firstPage + 1 }, (_, at) => firstPage + at);
  const { values, error, again } = useLiveAll<Page<Row>>(
    where === undefined ? "" : numbers.map((page) => withQuery(where, { ...parameters, page })).join("\n"),
  );
  const told = useMemo(() => (values ? joined(values, firstPage) : undefined), [values]);
  const see = useCallback((first: number, last: number) => {
    const [from, to] = [Math.floor(first / PAGE) + 1, Math.floor(last / PAGE) + 1];
    setSight((before) => (before[0] === from && before[1] === to ? before : [from, to]));
  }, []);
  return { ...useShown(told, keyOf, where + JSON.stringify(parameters)), error, again, see };
}

function joined<Row>(pages: Page<Row>[], firstPage: number): Told<Row> {
  const rows = new Map<number, Row>();
  pages.forEach((page, at) =>
    page.items.forEach((row, within) => rows.set((firstPage - 1 + at) * PAGE + within, row)),
  );
  const { filtered_count: count, total_count: total } = pages[0] as Page<Row>;
  return { rows, count, total };
}

interface Named {
  name: string;
}

/** A list that the node tells whole. */
export function useWholeList<Row extends Named>(
  where: string | undefined,
  wish: Wish,
  keyOf: (row: Row) => string,
): List<Row> {
  const live = useLive<Row[]>(where);
  const told = useMemo(() => {
    if (!live.value) return undefined;
    return arranged(live.value, wish);
  }, [live.value, wish.search, wish.isRegex, wish.sort, wish.isReversed]);
  const see = useCallback(() => {}, []);
  return { ...useShown(told, keyOf, where + JSON.stringify(wish)), ...live, see };
}

function arranged<Row extends Named>(all: Row[], wish: Wish): Told<Row> {
  const isWanted = matcher(wish.search, wish.isRegex);
  const found = all.filter((row) => isWanted(row.name));
  const sign = wish.isReversed ? -1 : 1;
  found.sort((a, b) => sign * compare(valueAt(a, wish.sort), valueAt(b, wish.sort)));
  return { rows: new Map(found.entries()), count: found.length, total: all.length };
}

/** Connections or channels: all in pages; those of one virtual host, which the node tells whole. */
export function useListOfClients<Row extends Named>(
  what: "connections" | "channels",
  vhost: string,
  wish: Wish,
  keyOf: (row: Row) => string,
): List<Row> {
  const all = usePagedList<Row>(vhost ? undefined : what, wish, keyOf);
  const some = useWholeList<Row>(vhost ? `${path`vhosts/${vhost}`}/${what}` : undefined, wish, keyOf);
  return vhost ? some : all;
}

interface Told<Row> {
  rows: Rows<Row>;
  count: number;
  total: number;
}

/** What is shown of what is told; while the pointer is on the list, what was shown stays in place. */
function useShown<Row>(told: Told<Row> | undefined, keyOf: (row: Row) => string, wish: string) {
  const held = useRef(false);
  const before = useRef<{ wish: string; shown: Told<Row> } | undefined>(undefined);
  const [, show] = useState(0);
  const last = before.current;
  let shown = told ?? last?.shown;
  if (told && last && last.wish === wish) {
    const rows = merged(last.shown.rows, told.rows, keyOf, held.current);
    shown = { ...told, rows, count: held.current ? grown(last.shown.count, rows) : told.count };
  }
  useEffect(() => {
    if (told && shown) before.current = { wish, shown };
  });
  const hold = useCallback((isHeld: boolean) => {
    held.current = isHeld;
    if (!isHeld) show((times) => times + 1);
  }, []);
  return {
    rows: shown?.rows ?? (EMPTY as Rows<Row>),
    count: shown?.count ?? 0,
    total: shown?.total ?? 0,
    isLoading: !shown,
    hold,
  };
}
