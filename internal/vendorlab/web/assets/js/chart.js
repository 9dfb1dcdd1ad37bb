// Lines over time as SVG, without a library.
import { svg } from "./dom.js";
import { clock, value } from "./format.js";

const width = 800, height = 220, left = 64, bottom = 22, top = 8;

export const color = (i) => `hsl(${(i * 137.5 + 170) % 360} 65% 48%)`;

// chart draws series = [{points: [{t, v}]}], each in color(its position).
export function chart(series, label) {
  const all = series.flatMap((s) => s.points);
  const root = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  if (all.length === 0) return root;
  const [from, to] = bounds(all.map((p) => p.t), 1000);
  const [low, high] = bounds(all.map((p) => p.v), 1);
  const x = (t) => left + ((t - from) / (to - from)) * (width - left - 8);
  const y = (v) => top + (1 - (v - low) / (high - low)) * (height - top - bottom);
  for (const share of [0, 0.5, 1]) {
    const v = low + share * (high - low);
    root.append(
      svg("line", { x1: left, x2: width - 8, y1: y(v), y2: y(v), class: "grid" }),
      svg("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, value(Number(v.toPrecision(4)))));
  }
  root.append(
    svg("text", { x: left, y: height - 5 }, clock(from)),
    svg("text", { x: width - 8, y: height - 5, "text-anchor": "end" }, clock(to)));
  series.forEach((s, i) => root.append(line(s.points, x, y, color(i))));
  return root;
}

function bounds(numbers, least) {
  const low = numbers.reduce((a, b) => Math.min(a, b));
  const high = numbers.reduce((a, b) => Math.max(a, b));
  return high > low ? [low, high] : [low - least / 2, high + least / 2];
}

function line(points, x, y, stroke) {
  if (points.length === 1) return svg("circle", { cx: x(points[0].t), cy: y(points[0].v), r: 2.5, fill: stroke });
  return svg("polyline", { points: points.map((p) => `${x(p.t).toFixed(1)},${y(p.v).toFixed(1)}`).join(" "), fill: "none", stroke, "stroke-width": 1.6 });
}
