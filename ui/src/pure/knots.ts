// What a graph is made of, and how large each part of it is drawn.

export interface Knot {
  id: string;
  kind: "exchange" | "queue" | "consumer";
  label: string;
  names: string[];
}

export interface Edge {
  from: string;
  to: string;
  label: string;
}

export interface Drawing {
  width: number;
  height: number;
  knots: (Knot & { x: number; y: number })[];
  edges: (Edge & { points: { x: number; y: number }[] })[];
}

export const KNOT_HEIGHT = 34;
const LETTER = 7.4;

export const widthOf = (knot: Knot) => Math.max(80, Math.min(30, knot.label.length) * LETTER + 28);
