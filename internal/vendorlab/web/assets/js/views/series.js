// All series with their last value, those that are ticked as a chart; a row opens to its newest points.
import { get } from "../api.js";
import { chart } from "../chart.js";
import { el, replaceIfChanged } from "../dom.js";
import { age, chips, count, stamp, unitText, value } from "../format.js";
import { leftNote, records } from "../records.js";
import { vendorName, vendorSelect } from "../vendors.js";

const pageSize = 200;
const maxCharted = 10;

// What is asked for and ticked is kept while other views are shown.
let search = "";
let vendor = "";
const charted = new Map(); // id to color
let asRates = true;
let withEvents = true;

const finds = [
  ["CPU", "cpu."],
  ["memory", "memory"],
  ["network", "network"],
  ["heartbeats", "heartbeat"],
  ["RED metrics", "tracing.derived"],
];

export const series = {
  name: "series",
  title: "Series",
  period: 2000,
  create(root, page) {
    let now = 0;
    const box = el("input", { type: "search", value: search, placeholder: "Search metric names and dimensions, such as host=a", "aria-label": "Search series" });
    const total = el("span", { class: "soft", role: "status" });
    const left = el("div");
    const find = (text) => {
      search = text;
      box.value = text;
      page.now();
    };
    const list = records({
      name: "series",
      columns: ["Metric", "Type", "Dimensions", { title: "Last value", class: "number" }, { title: "Points", class: "number" }, { title: "Arrived", class: "number" }],
      key: (s) => s.id,
      cells: (s) => [[el("span", { class: `dot ${s.vendor}`, title: s.vendor }), s.metric], s.type, chips(s.dimensions), [value(s.last.value), s.unit ? el("span", { class: "soft" }, ` ${unitText(s.unit)}`) : ""], count(s.received), age(s.last_seen, now)],
      detail: async (s) => detail(await get("points", { series: s.id })),
      lead: tick,
      empty: "No series here yet, or none matches.",
    });
    const lines = chart("values of the ticked series over time", { onRemove: toggle });
    page.onClose(lines.close);
    const hint = el("p", { class: "soft" }, `Tick series below to chart them, up to ${maxCharted}.`);
    const rates = switchBox("Counters as rates", asRates, (on) => { asRates = on; page.now(); });
    const marks = switchBox("Events", withEvents, (on) => { withEvents = on; page.now(); });
    const none = el("button", { type: "button", onclick: () => { charted.clear(); sync(); page.now(); } }, "Chart none");
    box.addEventListener("input", () => find(box.value));
    root.append(
      el("section", { class: "card", "aria-label": "Chart" }, el("div", { class: "toolbar" }, hint, rates, marks, none), lines.root),
      el("div", { class: "toolbar" }, box, vendorSelect(vendor, (v) => { vendor = v; page.now(); }), total),
      el("div", { class: "toolbar finds" }, finds.map(([title, text]) => el("button", { type: "button", class: "small", onclick: () => find(text) }, title))),
      list.root, left);

    function tick(s) {
      const input = el("input", { type: "checkbox", "aria-label": `Chart ${s.metric}`, "data-id": s.id });
      input.checked = charted.has(s.id);
      input.addEventListener("change", () => toggle(s.id));
      return el("label", { class: "tick" }, input);
    }

    function toggle(id) {
      if (charted.has(id)) charted.delete(id);
      else if (charted.size < maxCharted) charted.set(id, freeColor());
      sync();
      page.now();
    }

    function sync() {
      for (const input of list.root.querySelectorAll(".tick input")) {
        input.checked = charted.has(input.dataset.id);
        input.disabled = !input.checked && charted.size >= maxCharted;
      }
    }

    return async (stats) => {
      const [found, drawn, marked] = await Promise.all([
        get("series", { search, vendor, limit: pageSize }), Promise.all([...charted].map(lineOf)), charted.size > 0 && withEvents ? get("events", { limit: 500 }) : { events: [] }]);
      now = stats.now;
      const cut = found.total > pageSize ? `, the first ${pageSize} shown` : "";
      total.textContent = `${count(found.total)} series${cut}`;
      list.show(found.series);
      sync();
      const shown = drawn.filter(Boolean);
      const first = Math.min(...shown.flatMap((s) => s.points.slice(0, 1).map((p) => p[0])));
      const vendors = new Set(shown.map((s) => s.vendor));
      lines.show(shown, marked.events.filter((e) => vendors.has(e.vendor)).map((e) => ({ at: e.timestamp / 1000 })).filter((e) => e.at >= first));
      hint.hidden = charted.size > 0;
      lines.root.hidden = rates.hidden = marks.hidden = none.hidden = charted.size === 0;
      replaceIfChanged(left, leftNote(stats.series, "series"));
    };
  },
};

function switchBox(text, on, onchange) {
  const input = el("input", { type: "checkbox" });
  input.checked = on;
  input.addEventListener("change", () => onchange(input.checked));
  return el("label", { class: "switch" }, input, text);
}

function freeColor() {
  const used = new Set(charted.values());
  return [...Array(maxCharted).keys()].find((i) => !used.has(i)) ?? 0;
}

const isCounter = (s) => s.type === "cumulative_counter" || (s.vendor === "librato" && s.type === "counter");

// lineOf is what the chart draws of a series, or null once it has left the memory.
async function lineOf([id, color]) {
  const answer = await get("points", { series: id }).catch(() => null);
  if (!answer) {
    charted.delete(id);
    return null;
  }
  const s = answer.series;
  const asRate = asRates && isCounter(s);
  const points = byTime(answer.points);
  const unit = s.unit ?? "";
  return {
    key: id, color, vendor: s.vendor, dimensions: s.dimensions,
    label: answer.points.some((p) => typeof p.value === "object" && p.value) ? `mean of ${s.metric}` : s.metric,
    unit: asRate ? `${unit}/s` : unit,
    points: asRate ? rates(points) : points,
  };
}

// byTime gives [seconds, number] in order, the one that arrived last for a time.
function byTime(points) {
  const at = new Map(points.map((p) => [p.timestamp / 1000, number(p.value)]));
  return [...at].filter(([, v]) => v !== null).sort((a, b) => a[0] - b[0]);
}

// number is a point's value, a histogram's mean, or null.
function number(v) {
  if (typeof v === "number") return v;
  if (v && typeof v === "object" && v.count > 0 && v.sum !== undefined) return v.sum / v.count;
  return null;
}

// rates leaves out what a counter that began anew would give.
const rates = (points) => points.slice(1)
  .map(([t, v], i) => [t, (v - points[i][1]) / (t - points[i][0])])
  .filter(([, v]) => v >= 0 && Number.isFinite(v));

function detail({ series: s, points }) {
  const newest = points.slice(-10).reverse();
  return [
    el("p", {}, vendorName(s.vendor), el("span", { class: "soft" }, ` ${s.held < s.received ? `${count(s.received - s.held)} of its ${count(s.received)} points have left the memory` : ""}`)),
    el("table", { class: "points" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Timestamp (UTC)"), el("th", { scope: "col" }, `Value (newest ${newest.length} of ${points.length} held)`))),
      el("tbody", {}, newest.map((p) => el("tr", {}, el("td", {}, stamp(p.timestamp)), el("td", {}, value(p.value)))))),
  ];
}
