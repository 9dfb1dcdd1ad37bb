// Numbers, times and small inline pieces, the same on every view.
import { el, svg } from "./dom.js";

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

export const count = (n) => (n < 100000 ? grouped.format(n) : compact.format(n));

export const plural = (n, what) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;

// value shows a point's value; a histogram by its count and sum.
export function value(v) {
  if (v === null) return "–";
  if (typeof v === "object") return `count ${count(v.count)}${v.sum === undefined ? "" : `, sum ${value(v.sum)}`}`;
  return typeof v === "number" ? String(Number(v.toPrecision(Number.isInteger(v) ? 15 : 8))) : v;
}

// unitText reads UCUM, OpenTelemetry's code for units: By are bytes, 1 is no unit, and braces surround what is only
// counted, such as {request}.
export const unitText = (unit) => unit.replace(/[{}]/g, "").replace(/^By(?=$|\/)/, "bytes").replace(/^1$/, "");

// quantity shows a number in its unit, short enough for an axis.
export function quantity(v, unit) {
  if (v === null || v === undefined) return "–";
  if (/^(by|bytes?)(\/s)?$/i.test(unit)) return bytes(v);
  return Math.abs(v) < 1e5 ? String(Number(v.toPrecision(5))) : compact.format(v);
}

export function bytes(n) {
  if (n < 0) return `-${bytes(-n)}`;
  const step = n < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(n) / 10));
  const scaled = n / 1024 ** step;
  return `${step === 0 ? Math.round(scaled) : scaled.toFixed(scaled < 100 ? 1 : 0)} ${["B", "KiB", "MiB", "GiB", "TiB"][step]}`;
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

// bars draws numbers as bars from 0 to the largest.
export function bars(numbers, label, height = 34) {
  const top = Math.max(1, ...numbers);
  const d = numbers.map((n, i) => (n > 0 ? `M${i * 2},${height}v-${Math.max(1.5, (n / top) * (height - 2)).toFixed(1)}h1.6v${height}h-1.6` : "")).join("");
  return svg("svg", { class: "spark", viewBox: `0 0 ${numbers.length * 2} ${height}`, height, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("path", { d, fill: "currentColor" }),
    svg("line", { x1: 0, x2: numbers.length * 2, y1: height, y2: height, stroke: "currentColor", opacity: "0.35" }));
}

// spark draws numbers as a filled line from 0 to the largest.
export function spark(numbers, label) {
  const width = 240, height = 34, top = Math.max(1, ...numbers);
  const step = width / Math.max(1, numbers.length - 1);
  const line = numbers.map((n, i) => `${(i * step).toFixed(1)},${(height - 2 - (n / top) * (height - 6)).toFixed(1)}`).join(" ");
  return svg("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("polygon", { points: `0,${height} ${line} ${width},${height}`, fill: "currentColor", opacity: "0.15" }),
    svg("polyline", { points: line, fill: "none", stroke: "currentColor", "stroke-width": "1.5", "vector-effect": "non-scaling-stroke" }));
}
