// Rights as patterns: of a permission (configure, write, read) or a topic permission (write, read).

import { T } from "../text";
import type { Field } from "./Dialog";

type Right = "configure" | "write" | "read";

export const ALL: Right[] = ["configure", "write", "read"];
export const OF_TOPICS: Right[] = ["write", "read"];

export const rightsFields = (rights: Right[]): Field[] =>
  rights.map((each) => ({ name: each, label: T[each], value: ".*", isOptional: true }));

export function Rights({ told }: { told: Partial<Record<Right, string>> }) {
  return (
    <>
      {ALL.filter((each) => told[each] !== undefined).map((each) => (
        <span key={each}>{T[each]} <code>{told[each]}</code></span>
      ))}
    </>
  );
}
