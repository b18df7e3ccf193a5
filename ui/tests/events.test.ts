import { expect, test } from "vitest";
import { EventReader } from "../src/pure/events";

test("events come whole, in whatever pieces", () => {
  const told = 'data: {"a":1}\n\ndata: {"b":2}\n\n';
  for (let size = 1; size <= told.length; size++) {
    const reader = new EventReader();
    const events: string[] = [];
    for (let at = 0; at < told.length; at += size) events.push(...reader.push(told.slice(at, at + size)));
    expect(events).toEqual(['{"a":1}', '{"b":2}']);
  }
});

test("a comment is no event", () => {
  expect(new EventReader().push(': still here\n\ndata: 1\n\n')).toEqual(["1"]);
});

test("what has not come whole waits", () => {
  const reader = new EventReader();
  expect(reader.push("data: 1\n")).toEqual([]);
  expect(reader.push("\n")).toEqual(["1"]);
});
