// Figures as people read them.

const STEPS: [number, string][] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e4, "k"],
];
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** 1,234; 12.3k; 4.5M. */
export function count(value: number | undefined): string {
  if (value === undefined || value === null) return "";
  for (const [size, letter] of STEPS) {
    if (Math.abs(value) >= size) {
      const unit = letter === "k" ? 1000 : size;
      return `${short(value / unit)}${letter}`;
    }
  }
  return Math.round(value).toLocaleString("en");
}

/** In a second. */
export function rate(value: number | undefined): string {
  if (value === undefined || value === null) return "";
  return value < 10 && value > 0 ? `${value.toFixed(1)}/s` : `${count(value)}/s`;
}

export function bytes(value: number | undefined): string {
  if (value === undefined || value === null) return "";
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : short(size)} ${BYTE_UNITS[unit]}`;
}

/** Octets in a second. */
export function byteRate(value: number | undefined): string {
  return value === undefined || value === null ? "" : `${bytes(Math.round(value))}/s`;
}

/** 3d 4h, 5m 12s: the two largest parts of so many milliseconds. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return "0s";
  return parts
    .slice(first, first + 2)
    .map(([number, unit]) => `${number}${unit}`)
    .join(" ");
}

export function time(ms: number): string {
  return new Date(ms).toLocaleTimeString();
}

export function date(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
}
