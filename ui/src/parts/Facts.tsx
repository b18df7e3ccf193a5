// What is known of one thing: names and values; and small marks.

import type { ComponentChildren } from "preact";
import { date, duration, time } from "../pure/format";
import { shownArguments } from "../pure/arguments";
import { link } from "../router";

export type Fact = [label: string, value: ComponentChildren];

export function Facts({ facts }: { facts: Fact[] }) {
  const told = facts.filter(([, value]) => value !== undefined && value !== "" && value !== null);
  return (
    <dl class="facts">
      {told.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Mark({ kind = "plain", title, children }: { kind?: "plain" | "good" | "bad" | "warn"; title?: string; children: ComponentChildren }) {
  return <span class={`mark ${kind}`} title={title}>{children}</span>;
}

/** A moment: the time of day, with the full date for who points at it. */
export function Moment({ ms }: { ms: number }) {
  return <time dateTime={new Date(ms).toISOString()} title={date(ms)}>{time(ms)}</time>;
}

export function Since({ ms }: { ms: number }) {
  return <time dateTime={new Date(ms).toISOString()} title={date(ms)}>{duration(Date.now() - ms)}</time>;
}

export function Arguments({ told }: { told: Record<string, unknown> | undefined }) {
  return told && Object.keys(told).length ? <pre class="arguments">{shownArguments(told)}</pre> : null;
}

export function To({ page, names, children }: { page: string; names: (string | number)[]; children?: ComponentChildren }) {
  return <a href={link(page, ...names)}>{children ?? names.at(-1)}</a>;
}

/** How much of what may be used is used. */
export function Meter({ used, most, shown, label }: { used: number; most: number; shown: (value: number) => string; label: string }) {
  const part = most > 0 ? Math.min(1, used / most) : 0;
  const kind = part > 0.9 ? "bad" : part > 0.7 ? "warn" : "good";
  return (
    <span class="meter">
      <progress class={kind} value={part} max={1} aria-label={label} />
      <span>{shown(used)} / {shown(most)}</span>
    </span>
  );
}
