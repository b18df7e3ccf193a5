import { expect, test } from "vitest";
import { fieldsOf } from "../src/pure/fields";

test("what names the thing comes first, and what is empty not at all", () => {
  const told = { durable: true, owner_pid: "", arguments: [], nothing: null, name: "jobs", vhost: "/", n: 0 };
  expect(fieldsOf(told)).toEqual([
    ["name", "jobs"],
    ["vhost", "/"],
    ["durable", "true"],
    ["n", "0"],
  ]);
});

test("lists and objects are written out", () => {
  expect(fieldsOf({ tags: ["a", "b"], definition: { "max-length": 5 } })).toEqual([
    ["tags", "a, b"],
    ["definition", '{"max-length":5}'],
  ]);
});
