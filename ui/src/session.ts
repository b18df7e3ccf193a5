// Who looks at the console, and what they may do.

import { ask, get, Refused } from "./api";
import type { Amqp } from "./pure/example";

export interface User {
  name: string;
  tags: string[];
  /** Those that the user has permissions in. */
  vhosts: string[];
  /** Where programs connect to the node; null: nowhere. */
  amqp: Amqp | null;
}

/** Who has logged in; undefined for nobody. */
export async function current(): Promise<User | undefined> {
  try {
    return await get<User>("session");
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return undefined;
    throw error;
  }
}

export const logIn = (username: string, password: string) =>
  ask<User>("POST", "session", { username, password });

export const logOut = () => ask("DELETE", "session");

export interface Rights {
  administer: boolean;
  monitor: boolean;
  makePolicies: boolean;
}

/** The node decides; this is for what there is no use in showing. */
export function rightsOf(user: User): Rights {
  const has = (...tags: string[]) => tags.some((tag) => user.tags.includes(tag));
  return {
    administer: has("administrator"),
    monitor: has("monitoring", "administrator"),
    makePolicies: has("policymaker", "administrator"),
  };
}
