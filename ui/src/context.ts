// What every page knows: who looks, into which vhost, and how to tell what became of an action.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Amqp } from "./pure/example";
import type { Rights, User } from "./session";

export interface Console {
  user: User;
  may: Rights;
  /** The vhost that lists are of; "" for all. */
  vhost: string;
  vhosts: string[];
  /** Those where one may do something. */
  entered: string[];
  /** Those that one may look into. */
  seen: string[];
  /** Where programs connect to this node. */
  amqp: Amqp | null;
  setVhost: (vhost: string) => void;
  /** Do something and say what became of it. True when it is done. */
  act: (what: string, doing: () => Promise<unknown>) => Promise<boolean>;
}

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (!found) throw new Error("nobody has logged in");
  return found;
}
