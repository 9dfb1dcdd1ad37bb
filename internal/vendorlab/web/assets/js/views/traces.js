// The newest traces; a row opens to its spans on a common time axis.
import { get } from "../api.js";
import { el } from "../dom.js";
import { chips, clock, micros } from "../format.js";
import { records } from "../records.js";

export const traces = {
  name: "traces",
  title: "Traces",
  period: 2000,
  create(root) {
    const list = records({
      name: "traces",
      columns: ["Start", "Root span", "Services", { title: "Spans", class: "number" }, { title: "Duration", class: "number" }],
      key: (t) => t.vendor + t.trace_id,
      cells: (t) => [clock(t.start_ns / 1e6), t.root, t.services.join(", "), String(t.spans.length), micros(t.duration_ns / 1e3)],
      detail: (t) => [el("p", { class: "soft mono" }, t.trace_id), el("div", { class: "waterfall" }, t.spans.flatMap((s) => bar(t, s))), ...t.spans.flatMap(logs)],
      empty: "No traces yet.",
    });
    root.append(list.root);
    return async () => list.show((await get("traces")).traces);
  },
};

function bar(trace, span) {
  const whole = Math.max(1, trace.duration_ns);
  const piece = el("div", { class: span.status === "error" ? "bar error" : "bar" });
  piece.style.marginInlineStart = `${(100 * (span.start_ns - trace.start_ns)) / whole}%`;
  piece.style.width = `${(100 * span.duration_ns) / whole}%`;
  return [
    el("span", { class: "cell-name", title: span.span_id }, `${span.service}: ${span.name}`),
    el("div", { class: "track" }, piece),
    el("span", { class: "number soft" }, micros(span.duration_ns / 1e3)),
  ];
}

// logs lists what was logged within a span, with its time since the span's start.
const logs = (span) => (span.logs ?? []).map((log) =>
  el("p", {}, el("span", { class: "soft" }, `${span.name} +${micros(log.timestamp_us - span.start_ns / 1e3)} `), ...chips(log.fields)));
