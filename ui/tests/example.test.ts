import { describe, expect, it } from "vitest";
import { bind, consume, pikaExample, publish } from "../src/pure/example";
import { quoted } from "../src/pure/names";

const WHERE = { host: "localhost", amqp: { port: 5673, ssl: false }, vhost: "/", user: "guest" };

describe("a program to begin with", () => {
  it("is for this node, this vhost and who reads it", () => {
    const program = pikaExample({ ...WHERE, vhost: 'a "b"\\', user: "ada" }, publish("jobs"));
    expect(program).toContain('"localhost", 5673, "a \\"b\\"\\\\", pika.PlainCredentials("ada", PASSWORD),');
    expect(program).toContain('PASSWORD = "..."');
    expect(program).not.toContain("ssl");
  });

  it("looks like what it is, whatever is in a name", () => {
    expect(publish("a\u202eb c\u00a0\u{1f430}")[0]).toContain('"a\\U0000202eb c\\U000000a0\u{1f430}"');
  });

  it("speaks TLS where the node speaks nothing else", () => {
    const program = pikaExample({ ...WHERE, amqp: { port: 5671, ssl: true } }, []);
    expect(program).toMatch(/^import ssl/);
    expect(program).toContain('ssl_options=pika.SSLOptions(ssl.create_default_context(), "localhost"),');
  });

  it("reads a stream from its beginning, and hashes numbers", () => {
    expect(consume("s", true).join()).toContain('arguments={"x-stream-offset": "first"}');
    expect(consume("q").join()).not.toContain("arguments");
    expect(bind("e", "x-consistent-hash")[1]).toBe('channel.queue_bind("hello", "e", "1")');
  });
});

describe("a name for a shell", () => {
  it("stays one word", () => {
    expect(quoted("it's $1")).toBe(`'it'\\''s $1'`);
  });
});
