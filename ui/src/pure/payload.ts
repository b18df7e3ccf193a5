// A payload as people read it: JSON, a Celery task, text, or octets.

export interface Shown {
  kind: "JSON" | "Celery" | "text" | "hex";
  text: string;
  /** The call that a Celery task stands for. */
  task?: string;
}

type Properties = Record<string, unknown> & { headers?: Record<string, unknown> };

export function decode(payload: string, encoding: "string" | "base64", properties: Properties): Shown {
  if (encoding === "base64") return { kind: "hex", text: hex(octets(payload)) };
  const value = parsed(payload);
  if (value === undefined) return { kind: "text", text: payload };
  const text = JSON.stringify(value, null, 2);
  const name = properties.headers?.task;
  if (typeof name === "string" && Array.isArray(value)) return { kind: "Celery", text, task: call(name, value) };
  return { kind: "JSON", text };
}

/** Celery's body: [positional arguments, named ones, what comes after]. */
function call(name: string, [positional, named]: unknown[]): string {
  const first = Array.isArray(positional) ? positional.map((each) => JSON.stringify(each)) : [];
  const rest = Object.entries((named ?? {}) as object).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}(${[...first, ...rest].join(", ")})`;
}

function parsed(payload: string): object | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function octets(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
}

/** Sixteen in a line: where, the octets, and what of them is text. */
export function hex(content: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < content.length; at += 16) {
    const part = [...content.subarray(at, at + 16)];
    const digits = part.map((each) => each.toString(16).padStart(2, "0")).join(" ");
    const text = part.map((each) => (each >= 32 && each < 127 ? String.fromCharCode(each) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${digits.padEnd(47)}  ${text}`);
  }
  return lines.join("\n");
}
