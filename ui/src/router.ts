// Which page is shown: the part of the address behind #, as in #/queues/%2F/jobs.

import { useEffect, useState } from "preact/hooks";

export interface Place {
  page: string;
  names: string[];
  query: URLSearchParams;
}

export function parsePlace(hash: string): Place {
  const [where = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...names] = where.split("/").map(decoded);
  return { page: page || "overview", names, query: new URLSearchParams(query) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The address of a page: link("queues", vhost, name). */
export function link(page: string, ...names: (string | number)[]): string {
  return `#/${[page, ...names].map((each) => encodeURIComponent(each)).join("/")}`;
}

export function go(where: string): void {
  location.hash = where;
}

export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return parsePlace(hash);
}
