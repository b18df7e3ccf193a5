// Arguments of queues, exchanges, bindings and policies, as people write them.

export type Value = string | number | boolean | Value[] | { [name: string]: Value };

/** One line for each: name = value. A number, true, false, a list or a table is written as JSON. */
export function parseArguments(written: string): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const line of written.split("\n")) {
    const at = line.indexOf("=");
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    if (!name) continue;
    found[name] = parseValue(at < 0 ? "" : line.slice(at + 1).trim());
  }
  return found;
}

function parseValue(written: string): Value {
  try {
    const value: unknown = JSON.parse(written);
    return value === null ? written : (value as Value);
  } catch {
    return written;
  }
}

export function shownArguments(told: Record<string, unknown>): string {
  return Object.entries(told)
    .map(([name, value]) => `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}
