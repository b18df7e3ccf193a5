import { describe, expect, it } from "vitest";
import { path, withQuery } from "../src/api";
import { parseArguments, shownArguments } from "../src/pure/arguments";
import { link, parsePlace } from "../src/router";

describe("arguments", () => {
  it("are read a line each, values as JSON where they are that", () => {
    expect(parseArguments('x-max-length = 10\n\nx-overflow=reject-publish\nlist = [1, "a"]\nyes = true')).toEqual({
      "x-max-length": 10,
      "x-overflow": "reject-publish",
      list: [1, "a"],
      yes: true,
    });
  });

  it("come back as they were shown", () => {
    const told = { a: 1, b: "text", c: { d: [true] } };
    expect(parseArguments(shownArguments(told))).toEqual(told);
  });
});

describe("addresses", () => {
  it("survive any name", () => {
    const name = "<img onerror=x>/a%2F?#";
    expect(parsePlace(link("queues", "/", name))).toMatchObject({ page: "queues", names: ["/", name] });
  });

  it("take a segment that is no escape as it is", () => {
    expect(parsePlace("#/queues/%zz").names).toEqual(["%zz"]);
  });

  it("begin at the overview", () => {
    expect(parsePlace("").page).toBe("overview");
  });

  it("of the API have each name escaped", () => {
    expect(path`queues/${"/"}/${"a b"}/get`).toBe("queues/%2F/a%20b/get");
    expect(withQuery("queues", { page: 1, name: "", sort: "a" })).toBe("queues?page=1&sort=a");
  });
});
