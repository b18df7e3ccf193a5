// What could not be had, and why.

import { type Refused, UNREACHABLE } from "../api";
import { T } from "../text";

export function Failure({ error }: { error: Refused | undefined }) {
  return error ? <p class="failure" role="alert">{reasonOf(error)}</p> : null;
}

export function reasonOf(error: Refused): string {
  if (error.status === UNREACHABLE) return T.unreachable;
  if (error.status === 401) return T.mayNot(error.message);
  if (error.status === 404) return T.notThere;
  return error.message || T.failed(error.status);
}
