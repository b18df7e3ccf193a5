// What an event says, for reading: what names the thing first, what is empty left out.

const FIRST = ["name", "vhost"];

export function fieldsOf(told: Record<string, unknown>): [name: string, value: string][] {
  const names = [...FIRST.filter((name) => name in told), ...Object.keys(told).filter((name) => !FIRST.includes(name))];
  return names.filter((name) => !isEmpty(told[name])).map((name) => [name, written(told[name])]);
}

function isEmpty(value: unknown): boolean {
  return value === "" || value === null || (Array.isArray(value) && value.length === 0);
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
