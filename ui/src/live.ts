// What a page shows of the node, as it changes (stream.ts).

import { useCallback, useEffect, useState } from "preact/hooks";
import type { Refused } from "./api";
import { askAgain, watch } from "./stream";

export interface Live<T> {
  value: T | undefined;
  error: Refused | undefined;
  again: () => void;
}

/** The answer to a path, fresh; none for no path. */
export function useLive<T>(where: string | undefined): Live<T> {
  const { values, error, again } = useLiveAll<T>(where === undefined ? "" : where);
  return { value: values?.[0], error, again };
}

/** The answers to several paths, a line each, once all are there. */
export function useLiveAll<T>(lines: string): Omit<Live<T>, "value"> & { values: T[] | undefined } {
  const [told, setTold] = useState<Answers>(NOTHING);
  useEffect(() => {
    const paths = pathsOf(lines);
    const answers = new Map<string, unknown>();
    const ends = paths.map((path) =>
      watch(path, (value, error) => {
        if (!error) answers.set(path, value);
        const isWhole = paths.every((each) => answers.has(each));
        const values = isWhole ? paths.map((each) => answers.get(each)) : undefined;
        setTold({ of: lines, values, error });
      }),
    );
    return () => ends.forEach((end) => end());
  }, [lines]);
  const again = useCallback(() => pathsOf(lines).forEach((path) => void askAgain(path)), [lines]);
  const isOurs = told.of === lines;
  return { values: isOurs ? (told.values as T[]) : undefined, error: isOurs ? told.error : undefined, again };
}

interface Answers {
  of: string;
  values: unknown[] | undefined;
  error: Refused | undefined;
}

const NOTHING: Answers = { of: "", values: undefined, error: undefined };

function pathsOf(lines: string): string[] {
  return lines === "" ? [] : lines.split("\n");
}
