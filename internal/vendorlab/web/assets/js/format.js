// Numbers, times and small inline pieces, the same on every view.
import { el, svg } from "./dom.js";

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

export const count = (n) => (n < 100000 ? grouped.format(n) : compact.format(n));

// value shows a point's value; a histogram by its count and sum.
export function value(v) {
  if (v === null) return "–";
  if (typeof v === "object") return `count ${count(v.count)}${v.sum === undefined ? "" : `, sum ${value(v.sum)}`}`;
  return typeof v === "number" ? String(Number(v.toPrecision(12))) : v;
}

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KiB`;
  return `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

export function micros(us) {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${(us / 1e3).toFixed(1)} ms`;
  return `${(us / 1e6).toFixed(2)} s`;
}

export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", { hour12: false });

export const stamp = (ms) => new Date(ms).toISOString().replace("T", " ").replace("Z", "");

// age is how long ago something was by the lab's clock.
export function age(ms, now) {
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

export function chips(pairs) {
  return Object.entries(pairs ?? {}).map(([key, v]) =>
    el("span", { class: "chip" }, el("b", {}, `${key}=`), typeof v === "string" ? v : JSON.stringify(v)));
}

export const badge = (text, kind) => el("span", { class: `badge ${kind}` }, text);

export const json = (v) => el("pre", {}, typeof v === "string" ? v : JSON.stringify(v, null, 2));

// spark draws numbers as a filled line from 0 to the largest.
export function spark(numbers, label) {
  const width = 240, height = 34, top = Math.max(1, ...numbers);
  const step = width / Math.max(1, numbers.length - 1);
  const line = numbers.map((n, i) => `${(i * step).toFixed(1)},${(height - 2 - (n / top) * (height - 6)).toFixed(1)}`).join(" ");
  return svg("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("polygon", { points: `0,${height} ${line} ${width},${height}`, fill: "currentColor", opacity: "0.15" }),
    svg("polyline", { points: line, fill: "none", stroke: "currentColor", "stroke-width": "1.5", "vector-effect": "non-scaling-stroke" }));
}
