// Line charts over time with uPlot, whose script index.html loads.
import { el, replaceIfChanged } from "./dom.js";
import { chips, clock, quantity, unitText } from "./format.js";
import { vendorName } from "./vendors.js";

/* global uPlot */

const maxDashed = 12; // events drawn as lines
const colors = 10; // --chart-0 to --chart-9 in style.css

export const color = (i) => `var(--chart-${i % colors})`;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// chart returns {root, show(series, events), close()}. A series is {key, label, unit, dimensions, color (a
// number), points: [[seconds, value]]} in order of time, perhaps with its vendor; an event {at (seconds)}. Series of one unit share an
// axis: the first unit has the left one, the second the right one, others have none.
export function chart(label, { onRemove, height = 300 } = {}) {
  const plot = el("div", { class: "plot", role: "img", "aria-label": label });
  const legend = el("ul", { class: "legend" });
  const root = el("div", { class: "chart" }, plot, legend);
  let u = null;
  let layout = "";
  let shown = [];
  let marks = [];

  const resize = new ResizeObserver(() => u?.setSize({ width: plot.clientWidth, height }));
  resize.observe(plot);
  const theme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => {
    layout = "";
    show(shown, marks);
  };
  theme.addEventListener("change", redraw);

  function show(series, events = []) {
    shown = series;
    marks = events;
    const drawn = series.filter((s) => s.points.length > 0);
    const next = JSON.stringify(drawn.map((s) => [s.key, s.unit, s.color]));
    const data = drawn.length === 0 ? [[]] : uPlot.join(drawn.map((s) => [s.points.map((p) => p[0]), s.points.map((p) => p[1])]));
    if (next !== layout || !u) {
      u?.destroy();
      layout = next;
      u = drawn.length === 0 ? null : new uPlot(options(drawn), data, plot);
    } else {
      u.setData(data);
    }
    plot.hidden = drawn.length === 0;
    showLegend(u?.cursor.idx);
  }

  function options(drawn) {
    const soft = css("--soft"), line = css("--line");
    const units = [...new Set(drawn.map((s) => s.unit))];
    const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui, sans-serif" };
    return {
      width: plot.clientWidth || 300,
      height,
      legend: { show: false },
      cursor: { y: false, points: { size: 7 } },
      scales: Object.fromEntries(units.map((unit) => [scaleOf(unit), { range: (_, low, high) => padded(low, high) }])),
      axes: [
        { ...axis, values: (_, splits) => splits.map((t) => clock(t * 1000)), space: 90 },
        ...units.slice(0, 2).map((unit, i) => ({
          ...axis, scale: scaleOf(unit), side: i === 0 ? 3 : 1, size: 74, label: unitText(unit) || undefined, labelSize: 18, labelFont: "12px system-ui, sans-serif",
          grid: { show: i === 0, stroke: line, width: 1 },
          values: (_, splits) => splits.map((v) => quantity(v, unit)),
        })),
      ],
      series: [{}, ...drawn.map((s) => ({ label: s.label, scale: scaleOf(s.unit), stroke: css(`--chart-${s.color % colors}`), width: 2, spanGaps: true, points: { size: 5 } }))],
      hooks: { drawAxes: [drawMarks], setCursor: [(self) => showLegend(self.cursor.idx)] },
    };
  }

  // drawMarks draws events as dashed lines from top to bottom, or many of them as ticks at the top.
  function drawMarks(self) {
    const { ctx, bbox } = self;
    ctx.save();
    ctx.strokeStyle = css("--warn");
    ctx.globalAlpha = 0.55;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    const places = marks.map((mark) => self.valToPos(mark.at, "x", true)).filter((x) => x >= bbox.left && x <= bbox.left + bbox.width);
    const length = places.length > maxDashed ? 10 * devicePixelRatio : bbox.height;
    if (length === bbox.height) ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    else ctx.globalAlpha = 1;
    for (const x of places) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + length);
      ctx.stroke();
    }
    ctx.restore();
  }

  // showLegend shows the values at the cursor, or else the last ones.
  function showLegend(idx) {
    const at = u && idx !== null && idx !== undefined ? u.data[0][idx] : null;
    replaceIfChanged(legend, ...shown.map((s) => {
      const point = at === null ? s.points.at(-1) : s.points.find((p) => p[0] === at);
      const mark = el("span", { class: "mark", "data-color": s.color % colors });
      return el("li", {}, mark,
        el("span", { class: "legend-name" }, el("b", {}, s.label), s.unit ? el("span", { class: "soft" }, ` ${unitText(s.unit)}`) : "", " ", s.vendor ? vendorName(s.vendor) : "", " ", chips(s.dimensions)),
        el("span", { class: "number" }, point ? quantity(point[1], s.unit) : "–"),
        onRemove ? el("button", { type: "button", class: "plain", "data-key": s.key, "aria-label": `Take ${s.label} off the chart`, title: "Take off the chart" }, "×") : "");
    }));
  }

  legend.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (key !== undefined) onRemove(key);
  });

  return {
    root,
    show,
    close() {
      resize.disconnect();
      theme.removeEventListener("change", redraw);
      u?.destroy();
    },
  };
}

const scaleOf = (unit) => `unit ${unit}`;

// padded keeps a flat line in the middle and a small change small.
function padded(low, high) {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}
