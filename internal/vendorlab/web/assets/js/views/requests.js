// The newest requests, with secrets masked.
import { get } from "../api.js";
import { el } from "../dom.js";
import { badge, bytes, clock, json, micros } from "../format.js";
import { records } from "../records.js";

export const requests = {
  name: "requests",
  title: "Requests",
  period: 2000,
  create(root) {
    const list = records({
      name: "requests",
      columns: ["Time", "Request", "Answer", { title: "Body", class: "number" }, "Items", { title: "Took", class: "number" }],
      key: (r) => r.id,
      cells: (r) => [clock(r.received), `${r.method} ${r.path}`, status(r.status), bytes(r.wire_bytes), items(r), micros(r.duration_us)],
      detail: (r) => [
        r.error ? el("p", {}, badge("error", "bad"), ` ${r.error}`) : "",
        r.fault ? el("p", {}, badge("fault", "warn"), ` ${r.fault}`) : "",
        el("p", { class: "soft" }, `${r.vendor} from ${r.remote}, ${bytes(r.body_bytes)} after decompression`),
        json(Object.entries(r.headers ?? {}).sort().map(([name, v]) => `${name}: ${v}`).join("\n")),
      ].filter(Boolean),
      empty: "No requests yet.",
    });
    root.append(list.root);
    return async () => list.show((await get("requests")).requests);
  },
};

function status(code) {
  if (code === 0) return badge("cut", "bad");
  return badge(String(code), code < 300 ? "good" : code < 500 ? "warn" : "bad");
}

function items(request) {
  if (request.error) return el("span", { class: "soft" }, request.error);
  const named = (counts, suffix) => Object.entries(counts).map(([kind, n]) => `${n} ${kind}${n === 1 ? "" : "s"}${suffix}`);
  const text = [...named(request.accepted, ""), ...named(request.rejected, " rejected")].join(", ");
  return request.fault ? [text, text ? " " : "", badge(request.fault, "warn")] : text;
}
