// How the console asks the node that serves it.
//
// Rule: every request carries the console's own header. Without it the node does not believe the
// session's cookie, and no page of another origin can send it.

const CONSOLE = { "x-leveret-console": "1" };

/** The node, or the way to it, has said no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** The node cannot be reached at all. */
export const UNREACHABLE = 0;

let whenLoggedOut: () => void = () => {};

export function onLoggedOut(told: () => void): void {
  whenLoggedOut = told;
}

/** A path of the API, each part of it escaped: path`queues/${vhost}/${name}`. */
export function path(words: TemplateStringsArray, ...names: (string | number)[]): string {
  return words.reduce((so, word, at) => so + segment(String(names[at - 1])) + word);
}

/** Dots alone a browser takes for a way, escaped or not: an empty parameter makes them a name. */
const segment = (name: string) => encodeURIComponent(name) + (name === "." || name === ".." ? ";" : "");

export type Parameters = Record<string, string | number | boolean | undefined>;

export function withQuery(where: string, parameters: Parameters): string {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") told.set(name, String(value));
  }
  const written = told.toString();
  return written ? `${where}?${written}` : where;
}

export function get<T>(where: string, signal?: AbortSignal): Promise<T> {
  return ask<T>("GET", where, undefined, signal);
}

export async function ask<T = void>(
  method: string,
  where: string,
  body?: unknown,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await send(method, where, body, headers, signal);
  if (!response.ok) throw await refusal(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function send(
  method: string,
  where: string,
  body: unknown,
  more: Record<string, string>,
  signal?: AbortSignal,
) {
  const headers: Record<string, string> = { ...CONSOLE, ...more };
  if (body !== undefined) headers["content-type"] = "application/json";
  const content = body === undefined ? undefined : JSON.stringify(body);
  try {
    return await fetch(`api/${where}`, { method, headers, body: content, signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(UNREACHABLE, "");
  }
}

/** A response as text, piece by piece as it comes. */
export async function* streamed(where: string, signal: AbortSignal): AsyncGenerator<string> {
  const response = await send("GET", where, undefined, {}, signal);
  if (!response.ok || !response.body) throw await refusal(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refused(UNREACHABLE, "");
  }
}

async function refusal(response: Response): Promise<Refused> {
  try {
    return refused(response.status, await response.json());
  } catch {
    return refused(response.status, { error: "", reason: response.statusText });
  }
}

/** said: the JSON that a refusal comes with. */
export function refused(status: number, said: unknown): Refused {
  const { error, reason } = (said ?? {}) as { error?: string; reason?: unknown };
  // As in RabbitMQ 401 is also what somebody hears who is known but may not.
  if (status === 401 && error !== "not_authorised") whenLoggedOut();
  return new Refused(status, typeof reason === "string" ? reason : JSON.stringify(reason ?? ""));
}
