// Drawing a large graph takes longer than a page may stand still.

import { drawingOf } from "./graph";
import type { Edge, Knot } from "./knots";

addEventListener("message", ({ data }: MessageEvent<{ knots: Knot[]; edges: Edge[] }>) => {
  postMessage(drawingOf(data.knots, data.edges));
});
