// What is asked for again and again while somebody looks.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, Refused } from "./api";

export const EVERY_MS = 3000;

export interface Live<T> {
  value: T | undefined;
  error: Refused | undefined;
  again: () => void;
}

/** The answer to a path, fresh every few seconds; a page that nobody sees asks nothing. */
export function useLive<T>(where: string | undefined, everyMs = EVERY_MS): Live<T> {
  const ask = useCallback(
    (signal: AbortSignal) => (where === undefined ? undefined : get<T>(where, signal)),
    [where],
  );
  return useLiveBy(ask, everyMs);
}

export function useLiveBy<T>(
  ask: (signal: AbortSignal) => Promise<T> | undefined,
  everyMs = EVERY_MS,
): Live<T> {
  const [told, setTold] = useState<{ by: unknown; value?: T; error?: Refused }>({ by: undefined });
  const wake = useRef(() => {});
  useEffect(() => {
    const gone = new AbortController();
    let timer = 0;
    let asked = 0;
    const step = async () => {
      clearTimeout(timer);
      const mine = ++asked;
      try {
        if (!document.hidden) {
          const value = await ask(gone.signal);
          if (!gone.signal.aborted && mine === asked) setTold({ by: ask, value });
        }
      } catch (error) {
        if (gone.signal.aborted) return;
        if (!(error instanceof Refused)) throw error;
        setTold((before) => ({ by: ask, value: before.by === ask ? before.value : undefined, error }));
      }
      if (!gone.signal.aborted && mine === asked) timer = setTimeout(step, everyMs);
    };
    wake.current = step;
    document.addEventListener("visibilitychange", step);
    void step();
    return () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", step);
    };
  }, [ask, everyMs]);
  const again = useCallback(() => wake.current(), []);
  const isOurs = told.by === ask;
  return { value: isOurs ? told.value : undefined, error: isOurs ? told.error : undefined, again };
}
