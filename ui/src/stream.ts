// What the node tells of what the page shows, as it changes: one stream of server-sent events for
// the whole page, since a browser keeps only some connections to one place.
//
//   watch(path, hear) ─> the paths of all who watch ─> GET live?path=...&path=... ─> hear
//
// Rule: where streams do not come through (a proxy that gathers answers, a node that has too many),
// each path is asked for again and again, and later a stream is tried again. A page that nobody
// sees asks nothing.

import { get, refused, Refused, streamed, UNREACHABLE } from "./api";
import { EventReader } from "./pure/events";

export type Hear = (value: unknown, error: Refused | undefined) => void;

interface Told {
  path: string;
  status: number;
  answer: unknown;
}

// As many as the node lets one stream watch.
const PATHS_MAX = 32;
const POLL_MS = 3000;
const RETRY_MS = 1000;
// Without a word for so long after it was opened a stream does not come through.
const SILENT_MS = 5000;
// How long it is polled before a stream is tried again.
const POLLED_MS = 60_000;

const heard = new Map<string, Set<Hear>>();
const known = new Map<string, unknown>();
let opening = 0;
let closing = new AbortController();
let pollsUntil = 0;

/** Hear what a path answers, now and whenever it has changed; what it gives back ends that. */
export function watch(path: string, hear: Hear): () => void {
  const hearers = heard.get(path);
  if (hearers) hearers.add(hear);
  else {
    heard.set(path, new Set([hear]));
    reopen();
  }
  if (known.has(path)) hear(known.get(path), undefined);
  return () => {
    const left = heard.get(path);
    left?.delete(hear);
    if (left?.size !== 0) return;
    heard.delete(path);
    known.delete(path);
    reopen();
  };
}

/** Ask for a path at once: something was done to it. */
export async function askAgain(path: string, signal?: AbortSignal): Promise<void> {
  try {
    const value = await get(path, signal);
    if (!signal?.aborted) tell(path, value, undefined);
  } catch (error) {
    if (signal?.aborted) return;
    if (!(error instanceof Refused)) throw error;
    tell(path, undefined, error);
  }
}

function tell(path: string, value: unknown, error: Refused | undefined): void {
  if (!error && heard.has(path)) known.set(path, value);
  for (const hear of heard.get(path) ?? []) hear(value, error);
}

/** Once all that a page shows is there: each reopening tells everything anew. */
function reopen(): void {
  clearTimeout(opening);
  opening = setTimeout(open);
}

function open(): void {
  closing.abort();
  closing = new AbortController();
  clearTimeout(opening);
  if (heard.size === 0 || document.hidden) return;
  if (Date.now() < pollsUntil || heard.size > PATHS_MAX) void poll(closing.signal);
  else void follow([...heard.keys()], closing.signal);
}

async function follow(paths: string[], signal: AbortSignal): Promise<void> {
  const silence = new AbortController();
  const patience = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const query = paths.map((path) => `path=${encodeURIComponent(path)}`).join("&");
    for await (const data of eventsOf(`live?${query}`, AbortSignal.any([signal, silence.signal]))) {
      clearTimeout(patience);
      if (signal.aborted) return;
      const { path, status, answer }: Told = JSON.parse(data);
      if (status < 400) tell(path, answer, undefined);
      else tell(path, undefined, refused(status, answer));
    }
    // The node has ended it, as it does when it stops.
    if (!signal.aborted) opening = setTimeout(open, RETRY_MS);
  } catch (error) {
    if (signal.aborted) return;
    if (!silence.signal.aborted && !(error instanceof Refused)) throw error;
    const isThere = silence.signal.aborted || (error as Refused).status !== UNREACHABLE;
    if (isThere) pollsUntil = Date.now() + POLLED_MS;
    await poll(signal);
  } finally {
    clearTimeout(patience);
  }
}

async function* eventsOf(where: string, signal: AbortSignal): AsyncGenerator<string> {
  const reader = new EventReader();
  for await (const piece of streamed(where, signal)) yield* reader.push(piece);
}

async function poll(signal: AbortSignal): Promise<void> {
  await Promise.all([...heard.keys()].map((path) => askAgain(path, signal)));
  if (!signal.aborted) opening = setTimeout(open, POLL_MS);
}

document.addEventListener("visibilitychange", open);
