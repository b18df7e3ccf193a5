import { describe, expect, it } from "vitest";
import { drawingOf } from "../src/pure/graph";
import { topologyOf, type Parts } from "../src/pure/topology";
import type { Binding, Consumer, Exchange, Queue } from "../src/types";

const exchange = (name: string) => ({ name, vhost: "/", type: "topic" }) as Exchange;
const queue = (name: string) => ({ name, vhost: "/" }) as Queue;
const binding = (source: string, destination: string, routing_key = "") =>
  ({ source, destination, destination_type: "queue", vhost: "/", routing_key }) as Binding;
const consumer = (name: string, of: string) =>
  ({ consumer_tag: name, queue: { name: of, vhost: "/" }, channel_details: { connection_name: name } }) as Consumer;

const PARTS: Parts = {
  exchanges: [exchange(""), exchange("orders"), exchange("unused")],
  queues: [queue("a"), queue("b")],
  bindings: [binding("", "a", "a"), binding("orders", "a", "x"), binding("orders", "a", "y")],
  consumers: [consumer("c", "a")],
};
const all = () => true;

describe("what is bound to what", () => {
  it("leaves out the default exchange and exchanges that nothing is bound to, and no queue", () => {
    const labels = topologyOf(PARTS, all, 100).knots.map((each) => each.label);
    expect(labels).toEqual(["orders", "a", "b", "c"]);
  });

  it("draws several bindings between two as one line with all keys", () => {
    expect(topologyOf(PARTS, all, 100).edges.map((each) => each.label)).toEqual(["x, y", ""]);
  });

  it("shows what is searched for, and its neighbours", () => {
    const { knots } = topologyOf(PARTS, (name) => name === "a", 100);
    expect(knots.map((each) => each.label)).toEqual(["orders", "a", "c"]);
  });

  it("says how many it left out, with no line to any of them", () => {
    const { knots, edges, beyond } = topologyOf(PARTS, all, 1);
    expect([knots.length, edges.length, beyond]).toEqual([1, 0, 3]);
  });

  it("takes no two things for one, whatever is in their names", () => {
    const parts: Parts = {
      exchanges: [exchange("e")],
      queues: [{ name: "b/c", vhost: "a" } as Queue, { name: "c", vhost: "a/b" } as Queue, queue("x\ny"), queue("x")],
      bindings: [binding("e", "x\ny", "1"), binding("e", "x", "2")],
      consumers: [],
    };
    const { knots, edges } = topologyOf(parts, all, 100);
    expect(knots.map((each) => each.label)).toEqual(["e", "b/c", "c", "x\ny", "x"]);
    expect(edges.map((each) => each.label)).toEqual(["1", "2"]);
  });

  it("is drawn from left to right", () => {
    const { knots, edges } = topologyOf(PARTS, all, 100);
    const drawn = new Map(drawingOf(knots, edges).knots.map((each) => [each.label, each.x]));
    expect(drawn.get("orders")).toBeLessThan(drawn.get("a") as number);
    expect(drawn.get("a")).toBeLessThan(drawn.get("c") as number);
  });
});
