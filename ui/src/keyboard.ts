// Keys that work on every page: / searches, ? helps, g and a letter goes to a page.

import { go, link } from "./router";

export const PLACES: Record<string, string> = {
  o: "overview",
  n: "connections",
  c: "channels",
  e: "exchanges",
  q: "queues",
  t: "topology",
  r: "route",
  v: "events",
  a: "users",
};
const PATIENCE_MS = 1500;

function isWritten(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}

export function listen(help: () => void): () => void {
  let goingSince = 0;
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWritten(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const isGoing = event.timeStamp - goingSince < PATIENCE_MS;
    goingSince = 0;
    const page = PLACES[event.key];
    if (isGoing && page) go(link(page));
    else if (event.key === "g") goingSince = event.timeStamp;
    else if (event.key === "?") help();
    else if (event.key === "/") search(event);
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

function search(event: KeyboardEvent): void {
  const box = document.querySelector<HTMLInputElement>("input[type=search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
}
