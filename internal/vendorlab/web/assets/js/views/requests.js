// The newest requests: headers with secrets masked, the decoded body next to its raw bytes.
import { get } from "../api.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, bytes, clock, json, micros } from "../format.js";
import { dump } from "../hex.js";
import { leftNote, records } from "../records.js";
import { vendorName, vendorSelect } from "../vendors.js";

// Kept while other views are shown.
let vendor = "";
let failedOnly = false;

export const requests = {
  name: "requests",
  title: "Requests",
  period: 2000,
  create(root, page) {
    const left = el("div");
    const failed = el("input", { type: "checkbox" });
    failed.checked = failedOnly;
    failed.addEventListener("change", () => { failedOnly = failed.checked; page.now(); });
    const list = records({
      name: "requests",
      columns: ["Time", "Vendor", "Request", "Answer", { title: "Body", class: "number" }, "Items", { title: "Took", class: "number" }],
      key: (r) => r.id,
      cells: (r) => [clock(r.received), vendorName(r.vendor), `${r.method} ${r.path}${r.query ? `?${r.query}` : ""}`, status(r.status), bytes(r.wire_bytes), items(r), micros(r.duration_us)],
      detail: async (r) => detail(await get(`requests/${r.id}`)),
      fixed: true,
      empty: "No requests yet, or none of these.",
    });
    root.append(
      el("div", { class: "toolbar" }, vendorSelect(vendor, (v) => { vendor = v; page.now(); }, ["signalfx", "signalflow", "wavefront", "librato"]),
        el("label", { class: "switch" }, failed, "Only those that failed or met a fault")),
      list.root, left);
    return async (stats) => {
      const all = (await get("requests", { limit: 1000 })).requests;
      list.show(all.filter((r) => (vendor === "" || r.vendor === vendor) && (!failedOnly || r.fault || r.status === 0 || r.status >= 400)).slice(0, 100));
      replaceIfChanged(left, leftNote(stats.requests, "requests"));
    };
  },
};

function status(code) {
  if (code === 0) return badge("cut", "bad");
  return badge(String(code), code < 300 ? "good" : code < 500 ? "warn" : "bad");
}

function items(request) {
  if (request.error) return el("span", { class: "soft" }, request.error);
  const named = (counts, suffix) => Object.entries(counts ?? {}).map(([kind, n]) => `${n} ${kind}${n === 1 ? "" : "s"}${suffix}`);
  const text = [...named(request.accepted, ""), ...named(request.rejected, " rejected")].join(", ");
  return request.fault ? [text, text ? " " : "", badge(request.fault, "warn")] : text;
}

function detail(content) {
  const r = content.request;
  const headers = Object.entries(r.headers ?? {}).sort().map(([name, v]) => `${name}: ${v}`).join("\n");
  return [
    r.error ? el("p", {}, badge("error", "bad"), ` ${r.error}`) : "",
    r.fault ? el("p", {}, badge("fault", "warn"), ` ${r.fault}`) : "",
    el("p", { class: "soft" }, `from ${r.remote}, ${bytes(r.wire_bytes)} as sent${r.body_bytes ? `, ${bytes(r.body_bytes)} after decompression` : ""}`),
    headers ? el("h3", {}, "Headers, secrets masked") : "", headers ? json(headers) : "",
    el("div", { class: "bodies" },
      el("section", {}, el("h3", {}, "Body, decoded"), content.problem ? el("p", { class: "soft" }, content.problem) : "", content.decoded ? scrolling(content.decoded) : el("p", { class: "soft" }, content.problem ? "" : "empty")),
      el("section", {}, el("h3", {}, `Body, raw${content.cut ? `: its first ${bytes(content.request.content.held)}` : ""}`), content.body ? scrolling(dump(content.body)) : el("p", { class: "soft" }, "none"))),
    content.answer ? el("h3", {}, "Answer") : "", content.answer ? scrolling(content.answer) : "",
  ].filter(Boolean);
}

const scrolling = (text) => el("pre", { class: "scrolling", tabindex: "0" }, text);
