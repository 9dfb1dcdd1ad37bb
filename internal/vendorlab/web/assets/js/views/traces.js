// The newest traces; a row opens to its spans on a common time axis.
import { get } from "../api.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, chips, clock, micros } from "../format.js";
import { leftNote, records } from "../records.js";
import { vendorName } from "../vendors.js";

export const traces = {
  name: "traces",
  title: "Traces",
  period: 2000,
  create(root) {
    const left = el("div");
    const list = records({
      name: "traces",
      columns: ["Start", "Vendor", "Root span", "Services", { title: "Spans", class: "number" }, { title: "Duration", class: "number" }],
      key: (t) => `${t.vendor} ${t.trace_id} ${t.spans.length} ${t.spans.flatMap((s) => s.logs ?? []).length}`, // a new row once more of it arrived
      cells: (t) => [clock(t.start_ns / 1e6), vendorName(t.vendor), [t.root, t.spans.some((s) => s.status === "error") ? [" ", badge("error", "bad")] : ""].flat(), t.services.join(", "), String(t.spans.length), micros(t.duration_ns / 1e3)],
      detail: waterfall,
      fixed: true,
      empty: "No traces yet.",
    });
    root.append(list.root, left);
    return async (stats) => {
      list.show((await get("traces")).traces);
      replaceIfChanged(left, leftNote(stats.spans, "spans"));
    };
  },
};

function waterfall(trace) {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => el("span", {}, micros((share * trace.duration_ns) / 1e3)));
  return [
    el("p", { class: "soft mono" }, `trace ${trace.trace_id}`),
    el("div", { class: "waterfall" },
      el("span", { class: "corner" }), el("div", { class: "ticks" }, ticks), el("span", { class: "corner" }),
      inOrder(trace.spans).flatMap(([span, depth]) => bar(trace, span, depth))),
    ...trace.spans.map(about),
  ];
}

// inOrder puts children below their parents, each with its depth. A span that arrived twice shows twice.
function inOrder(spans) {
  const ids = new Set(spans.map((s) => s.span_id));
  const ordered = [];
  const seen = new Set();
  const visit = (span, depth) => {
    ordered.push([span, depth]);
    if (seen.has(span.span_id)) return;
    seen.add(span.span_id);
    for (const child of spans) if (child.parent_span_id === span.span_id) visit(child, depth + 1);
  };
  for (const span of spans) if (!ids.has(span.parent_span_id) || span.parent_span_id === span.span_id) visit(span, 0);
  return ordered;
}

function bar(trace, span, depth) {
  const whole = Math.max(1, trace.duration_ns);
  const piece = el("div", { class: span.status === "error" ? "bar error" : "bar" });
  piece.style.marginInlineStart = `${(100 * (span.start_ns - trace.start_ns)) / whole}%`;
  piece.style.width = `${(100 * span.duration_ns) / whole}%`;
  const logs = (span.logs ?? []).map((log) => {
    const dot = el("i", { class: "log", title: `log at +${micros(log.timestamp_us - span.start_ns / 1e3)}` });
    dot.style.insetInlineStart = `${Math.min(100, Math.max(0, (100 * (log.timestamp_us * 1e3 - trace.start_ns)) / whole))}%`;
    return dot;
  });
  const name = el("span", { class: "span-name", title: span.span_id }, el("b", {}, span.name), el("span", { class: "soft" }, ` ${span.service}`));
  name.style.paddingInlineStart = `${depth * 1.1}rem`;
  return [name, el("div", { class: "track" }, piece, logs), el("span", { class: "number soft" }, micros(span.duration_ns / 1e3))];
}

// about lists what is known of a span, and what was logged within it with the time since its start.
const about = (span) => el("details", { class: "span" },
  el("summary", {}, span.name, el("span", { class: "soft" }, ` ${span.kind}, ${span.span_id}`)),
  el("p", {}, chips(span.attributes), chips(span.resource)),
  (span.logs ?? []).map((log) => el("p", {}, el("span", { class: "soft" }, `log +${micros(log.timestamp_us - span.start_ns / 1e3)} `), ...chips(log.fields))));
