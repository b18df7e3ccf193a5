import { describe, expect, it } from "vitest";
import { decode, hex } from "../src/pure/payload";

describe("payloads", () => {
  it("shows JSON laid out", () => {
    expect(decode('{"a":1}', "string", {})).toEqual({ kind: "JSON", text: '{\n  "a": 1\n}' });
  });

  it("shows a Celery task as the call that it is", () => {
    const shown = decode('[[2, "x"], {"deep": true}, {}]', "string", { headers: { task: "shop.pack" } });
    expect(shown.kind).toBe("Celery");
    expect(shown.task).toBe('shop.pack(2, "x", deep=true)');
  });

  it.each(["hello", "42", "{broken"])("shows %s as text", (payload) => {
    expect(decode(payload, "string", {})).toEqual({ kind: "text", text: payload });
  });

  it("shows octets that are no text in hex, with what of them is", () => {
    expect(decode(btoa("\x00Hi\xff"), "base64", {}).text).toBe(
      `00000000  ${"00 48 69 ff".padEnd(47)}  .Hi.`,
    );
    expect(hex(new Uint8Array(17)).split("\n")).toHaveLength(2);
  });
});
