// Rows of a list that is seen in parts and asked for again and again.

/** By its place in the list. */
export type Rows<Row> = Map<number, Row>;

/**
 * What is shown once fresh rows have come. Where `isHeld` (the pointer is on the list) no row moves:
 * each place keeps what it has, with new figures if there are any.
 */
export function merged<Row>(
  shown: Rows<Row>,
  fresh: Rows<Row>,
  keyOf: (row: Row) => string,
  isHeld: boolean,
): Rows<Row> {
  if (!isHeld) return fresh;
  const byKey = new Map([...fresh.values()].map((row) => [keyOf(row), row]));
  const kept = new Map<number, Row>();
  for (const [at, row] of shown) kept.set(at, byKey.get(keyOf(row)) ?? row);
  const known = new Set([...shown.values()].map(keyOf));
  for (const [at, row] of fresh) {
    if (!kept.has(at) && !known.has(keyOf(row))) kept.set(at, row);
  }
  return kept;
}

/** How long a list is whose rows stay in place: longer by what was added behind its end. */
export function grown<Row>(count: number, rows: Rows<Row>): number {
  let end = count;
  while (rows.has(end)) end++;
  return end;
}

/** The value at a path such as message_stats.publish_details.rate. */
export function valueAt(row: unknown, where: string): unknown {
  let value = row;
  for (const name of where.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Numbers by size, all else as text; what is missing comes first. */
export function compare(one: unknown, other: unknown): number {
  if (one === other) return 0;
  if (one === undefined || one === null) return -1;
  if (other === undefined || other === null) return 1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other));
}

/** Whether a name is searched for. A pattern that is none finds nothing. */
export function matcher(search: string, isRegex: boolean): (name: string) => boolean {
  if (!search) return () => true;
  if (!isRegex) {
    const lowered = search.toLowerCase();
    return (name) => name.toLowerCase().includes(lowered);
  }
  try {
    const pattern = new RegExp(search, "i");
    return (name) => pattern.test(name);
  } catch {
    return () => false;
  }
}
