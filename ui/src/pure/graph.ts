// Where each part of a graph is drawn.

import { Graph, layout } from "@dagrejs/dagre";
import { KNOT_HEIGHT, widthOf, type Drawing, type Edge, type Knot } from "./knots";

/** From left to right: exchanges, queues, consumers. */
export function drawingOf(knots: Knot[], edges: Edge[]): Drawing {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 90, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const knot of knots) graph.setNode(knot.id, { width: widthOf(knot), height: KNOT_HEIGHT });
  edges.forEach((edge, at) => graph.setEdge(edge.from, edge.to, {}, String(at)));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    knots: knots.map((knot) => ({ ...knot, ...placeOf(graph.node(knot.id)) })),
    edges: edges.map((edge, at) => ({
      ...edge,
      points: graph.edge({ v: edge.from, w: edge.to, name: String(at) }).points ?? [],
    })),
  };
}

const placeOf = ({ x = 0, y = 0 }: { x?: number; y?: number }) => ({ x, y });
