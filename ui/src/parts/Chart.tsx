// Lines over time: the samples of the node's statistics.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { time } from "../pure/format";
import { T } from "../text";
import { colour } from "../theme";

export interface Sample {
  timestamp: number;
  sample: number;
}

export interface Line {
  label: string;
  samples: Sample[] | undefined;
  now: number | undefined;
}

interface ChartProps {
  title: string;
  lines: Line[];
  /** Samples are counts, and what is wanted is how they grow. */
  isRate?: boolean;
  shown: (value: number | undefined) => string;
}

const COLOURS = ["line-1", "line-2", "line-3", "line-4", "line-5", "line-6", "line-7", "line-8"];

export function Chart({ title, lines, isRate = false, shown }: ChartProps) {
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const told = lines.filter((each) => each.samples?.length || each.now !== undefined);
  const drawn = told.filter((each) => !off.has(each.label));
  const toggle = (label: string) => {
    const next = new Set(off);
    if (!next.delete(label)) next.add(label);
    setOff(next);
  };
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {told.length ? (
        <Canvas lines={drawn} all={told} isRate={isRate} shown={shown} />
      ) : (
        <p class="quiet">{T.idle}</p>
      )}
      <ul class="legend">
        {told.map((each, at) => (
          <li key={each.label}>
            <button type="button" aria-pressed={!off.has(each.label)} onClick={() => toggle(each.label)}>
              <i class={`swatch swatch-${(at % COLOURS.length) + 1}`} />
              {each.label} <b>{shown(each.now)}</b>
            </button>
          </li>
        ))}
      </ul>
    </figure>
  );
}

interface CanvasProps {
  lines: Line[];
  all: Line[];
  isRate: boolean;
  shown: (value: number | undefined) => string;
}

function Canvas({ lines, all, isRate, shown }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = useMemo(() => columnsOf(lines, isRate), [lines, isRate]);
  const names = lines.map((each) => each.label).join("\n");
  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const made = new uPlot(optionsOf(element, lines, all, shown), data, element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize(sizeOf(element)));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [names]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="canvas" ref={box} aria-hidden="true" />;
}

function sizeOf(element: HTMLElement) {
  return { width: element.clientWidth, height: 170 };
}

function optionsOf(element: HTMLElement, lines: Line[], all: Line[], shown: CanvasProps["shown"]): uPlot.Options {
  const axis = { stroke: colour("quiet"), grid: { stroke: colour("rule"), width: 1 }, ticks: { show: false } };
  const stroke = (line: Line) =>
    colour(COLOURS[all.findIndex((each) => each.label === line.label) % COLOURS.length] as string);
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { drag: { setScale: false } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, space: 90, values: (_plot, ticks) => ticks.map((each) => time(each * 1000)) },
      { ...axis, size: 56, values: (_plot, ticks) => ticks.map((each) => shown(each)) },
    ],
    series: [{}, ...lines.map((each) => ({ label: each.label, stroke: stroke(each), width: 2, points: { show: false } }))],
  };
}

/** As uPlot wants it: the times, then the values of each line. */
export function columnsOf(lines: Line[], isRate: boolean): uPlot.AlignedData {
  const times = [...new Set(lines.flatMap((line) => (line.samples ?? []).map((each) => each.timestamp)))].sort(
    (one, other) => one - other,
  );
  const values = lines.map((line) => {
    const byTime = new Map(valuesOf(line.samples ?? [], isRate));
    return times.map((each) => byTime.get(each) ?? null);
  });
  return [times.map((each) => each / 1000), ...values];
}

function valuesOf(samples: Sample[], isRate: boolean): [number, number][] {
  const ordered = [...samples].sort((one, other) => one.timestamp - other.timestamp);
  if (!isRate) return ordered.map((each) => [each.timestamp, each.sample]);
  return ordered.slice(1).map((each, at) => {
    const before = ordered[at] as Sample;
    const seconds = (each.timestamp - before.timestamp) / 1000;
    return [each.timestamp, Math.max(0, (each.sample - before.sample) / seconds)];
  });
}
