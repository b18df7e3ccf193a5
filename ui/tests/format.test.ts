import { describe, expect, it } from "vitest";
import { bytes, count, duration, rate } from "../src/pure/format";

describe("figures", () => {
  it.each([
    [0, "0"],
    [9999, "9,999"],
    [10_000, "10k"],
    [12_345, "12.3k"],
    [4_500_000, "4.5M"],
    [123_456_789, "123M"],
    [undefined, ""],
  ])("count %s is %s", (value, shown) => expect(count(value)).toBe(shown));

  it.each([
    [0, "0/s"],
    [0.2, "0.2/s"],
    [12, "12/s"],
    [undefined, ""],
  ])("rate %s is %s", (value, shown) => expect(rate(value)).toBe(shown));

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [5 * 1024 ** 4, "5 TiB"],
    [5000 * 1024 ** 4, "5000 TiB"],
  ])("%s octets are %s", (value, shown) => expect(bytes(value)).toBe(shown));

  it.each([
    [0, "0s"],
    [59_999, "59s"],
    [60_000, "1m 0s"],
    [90_061_000, "1d 1h"],
  ])("%s ms are %s", (value, shown) => expect(duration(value)).toBe(shown));
});
