// Server-sent events out of the pieces that a response comes in.

/** The data of each event that has come whole; what has not is kept for the next piece. */
export class EventReader {
  private rest = "";

  push(piece: string): string[] {
    const blocks = (this.rest + piece).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(dataOf).filter((data) => data !== "");
  }
}

/** A comment, which says only that somebody is there, has none. */
function dataOf(block: string): string {
  return block
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length).trimStart())
    .join("\n");
}
