import { describe, expect, it } from "vitest";
import { compare, grown, matcher, merged, valueAt } from "../src/pure/rows";

const rows = (...names: string[]) => new Map(names.map((name, at) => [at, { name, size: 0 }]));
const keyOf = (row: { name: string }) => row.name;
const names = (told: Map<number, { name: string }>) =>
  [...told.entries()].sort(([one], [other]) => one - other).map(([, row]) => row.name);

describe("a list that is asked for again", () => {
  it("shows what is fresh", () => {
    expect(names(merged(rows("a", "b"), rows("b", "a"), keyOf, false))).toEqual(["b", "a"]);
  });

  it("moves nothing while the pointer is on it, and shows new figures", () => {
    const fresh = new Map([
      [0, { name: "b", size: 7 }],
      [1, { name: "a", size: 9 }],
    ]);
    const shown = merged(rows("a", "b"), fresh, keyOf, true);
    expect(names(shown)).toEqual(["a", "b"]);
    expect([shown.get(0)?.size, shown.get(1)?.size]).toEqual([9, 7]);
  });

  it("shows no row twice where new ones come while it is held", () => {
    expect(names(merged(rows("a", "b"), rows("new", "a", "b"), keyOf, true))).toEqual(["a", "b"]);
  });

  it("shows rows that come into sight while it is held", () => {
    const further = new Map([[5, { name: "f", size: 0 }]]);
    expect(merged(rows("a"), further, keyOf, true).get(5)?.name).toBe("f");
  });
});

describe("sorting and searching", () => {
  it("finds a value by its path", () => {
    expect(valueAt({ a: { b: 3 } }, "a.b")).toBe(3);
    expect(valueAt({ a: 1 }, "a.b")).toBeUndefined();
  });

  it("sorts numbers by size, with what is missing first", () => {
    expect([10, 9, undefined].sort(compare)).toEqual([9, 10, undefined]);
    expect(compare(undefined, 1)).toBe(-1);
    expect(compare("b", "a")).toBe(1);
  });

  it("takes a pattern that is none for one that finds nothing", () => {
    expect(matcher("[", true)("[")).toBe(false);
    expect(matcher("[", false)("a[b")).toBe(true);
    expect(matcher("^A.$", true)("ab")).toBe(true);
  });
});

it("a list that stays in place is as long as what is shown of it", () => {
  expect(grown(2, new Map([[0, "a"], [1, "b"]]))).toBe(2);
  expect(grown(2, new Map([[0, "a"], [1, "b"], [2, "c"], [4, "e"]]))).toBe(3);
  expect(grown(3, new Map([[0, "a"]]))).toBe(3);
});
