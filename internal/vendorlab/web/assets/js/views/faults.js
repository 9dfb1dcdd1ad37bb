// Switches that make the lab misbehave: faults, quotas and revoked tokens.
import { get, post, remove } from "../api.js";
import { el, keyed, replaceIfChanged } from "../dom.js";
import { badge, count } from "../format.js";
import { title, vendorName } from "../vendors.js";

const services = ["signalfx", "signalflow", "wavefront", "wavefront-proxy", "librato"];

// Each kind of fault with what it needs: [name, label, type, value, hint].
const retryAfter = ["retry_after", "Retry-After, in seconds", "number", "", "none"];
const kinds = {
  status: ["Answer with a status", [["status", "Status", "number", "503"], retryAfter]],
  latency: ["Wait before answering", [["latency", "Wait", "text", "2s"]]],
  stall: ["Stop reading, then cut", [["stall", "Stall", "text", "5s"]]],
  reset_request: ["Cut in the middle of the body", []],
  reset_response: ["Cut in the middle of the answer", []],
  partial: ["Accept a part only", [["partial", "Share, from 0 to 1", "number", "0.5"], ["status", "Then answer", "number", "", "as if all were well"]]],
  revoked_token: ["Refuse every token", []],
  drop_after: ["Drop the WebSocket after some messages", [["drop_after", "Messages", "number", "5"], ["close_code", "Close code", "number", "", "none: cut"]]],
  silent_after: ["Let the WebSocket fall silent", [["silent_after", "Messages", "number", "5"]]],
};

// What most people want to see first.
const presets = [
  ["Fail the next 3 with 503", { status: 503, count: 3 }],
  ["429, Retry-After 5 s, next 5", { status: 429, retry_after: 5, count: 5 }],
  ["2 s latency", { latency: "2s" }],
  ["Cut the next answer", { reset: "response", count: 1 }],
  ["Accept half of the next", { partial: 0.5, count: 1 }],
  ["Revoke every token", { revoked_token: true }],
];

export const faults = {
  name: "faults",
  title: "Faults",
  period: 1000,
  create(root, page) {
    const problem = el("p", { class: "problem", role: "alert" });
    const attempt = async (what) => {
      problem.textContent = "";
      try {
        await what();
      } catch (error) {
        problem.textContent = error.message;
      }
      page.now();
    };
    const list = el("div", { class: "switches" });
    const none = el("p", { class: "soft" }, "No fault is switched on: the lab answers as a vendor that is well.");
    const clear = el("button", { type: "button", onclick: () => attempt(() => remove("faults")) }, "Switch all off");
    const quotas = el("div", { class: "switches" });
    const paths = el("datalist", { id: "paths" });
    root.append(
      el("section", { class: "card" },
        el("div", { class: "toolbar" }, el("h2", {}, "Switched on"), clear), none, list),
      el("section", { class: "card" },
        el("h2", {}, "Switch a fault on"), form(attempt), problem, paths),
      el("section", { class: "card" }, el("h2", {}, "Quotas"),
        el("p", { class: "soft" }, "How much a vendor takes before it refuses with its own status; 0: no limit."), quotas));
    const off = (fault) => el("button", { type: "button", onclick: () => attempt(() => remove(`faults/${fault.id}`)) }, "Switch off");
    return async () => {
      const [{ faults: on }, { requests }, { quotas: limits }] = await Promise.all([get("faults"), get("requests", { limit: 200 }), get("quotas")]);
      none.hidden = on.length > 0;
      clear.hidden = on.length < 2;
      keyed(list, on, (f) => f.id, (f) => el("div", { class: "switch-row" }, el("div", {}), off(f)),
        (row, f) => replaceIfChanged(row.firstChild, ...describe(f)));
      replaceIfChanged(paths, ...[...new Set(requests.map((r) => r.path))].sort().map((path) => el("option", { value: path })));
      if (quotas.children.length === 0) quotas.append(...Object.entries(limits).map(([vendor, quota]) => quotaRow(vendor, quota, attempt)));
    };
  },
};

function describe(fault) {
  const { id, hits, vendor, path, count: times, ...what } = fault;
  const parts = Object.entries(what).map(([name, v]) => badge(`${name} ${typeof v === "string" ? v : JSON.stringify(v)}`, "warn"));
  const left = times ? `, ${count(times - hits)} to go` : "";
  return [
    vendor ? vendorName(vendor) : "All vendors", " ", path ? el("span", { class: "mono" }, path) : "", " ", ...parts.flatMap((p) => [p, " "]),
    el("span", { class: "soft" }, `acted on ${count(hits)}${left}`)];
}

function form(attempt) {
  const vendor = el("select", { name: "vendor" }, el("option", { value: "" }, "All vendors"), services.map((s) => el("option", { value: s }, title(s))));
  const path = el("input", { name: "path", type: "text", list: "paths", placeholder: "all, or /v2/*" });
  const kind = el("select", { name: "kind" }, Object.entries(kinds).map(([name, [text]]) => el("option", { value: name }, text)));
  const times = el("input", { name: "count", type: "number", min: "1", placeholder: "until switched off" });
  const fields = el("div", { class: "contents" });
  const target = () => ({ ...(vendor.value ? { vendor: vendor.value } : {}), ...(path.value ? { path: path.value.trim() } : {}) });
  const showFields = () => replaceIfChanged(fields, ...kinds[kind.value][1].map(([name, text, type, value, placeholder]) =>
    labelled(text, el("input", { name, type, value, placeholder, step: type === "number" ? "any" : undefined }))));
  kind.addEventListener("change", showFields);
  showFields();
  const element = el("form", { class: "fault-form" },
    el("div", { class: "fields" }, labelled("Vendor", vendor), labelled("Path", path), labelled("Kind", kind), fields, labelled("For the next N requests", times)),
    el("div", { class: "toolbar" }, el("button", { type: "submit", class: "primary" }, "Switch on")),
    el("h3", {}, "Or at once, for the vendor and path above"),
    el("div", { class: "toolbar finds" }, presets.map(([text, fault]) =>
      el("button", { type: "button", class: "small", onclick: () => attempt(() => post("faults", { ...target(), ...fault })) }, text))));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => post("faults", { ...target(), ...read(kind.value, fields), ...(times.value ? { count: Number(times.value) } : {}) }));
  });
  return element;
}

// read turns the fields of a kind into members of the fault.
function read(kind, fields) {
  if (kind === "reset_request") return { reset: "request" };
  if (kind === "reset_response") return { reset: "response" };
  if (kind === "revoked_token") return { revoked_token: true };
  const inputs = [...fields.querySelectorAll("input")].filter((input) => input.value !== "");
  return Object.fromEntries(inputs.map((input) => [input.name, input.type === "number" ? Number(input.value) : input.value]));
}

const labelled = (text, control) => el("label", { class: "labelled" }, el("span", {}, text), control);

function quotaRow(vendor, quota, attempt) {
  const limit = el("input", { type: "number", min: "0", value: quota.limit, "aria-label": `Quota of ${title(vendor)}` });
  return el("div", { class: "switch-row" },
    el("div", {}, vendorName(vendor), " ", limit, el("span", { class: "soft" }, ` ${quota.unit}, then ${quota.status === 200 ? "dropped silently" : quota.status}`)),
    el("button", { type: "button", onclick: () => attempt(() => post("quotas", { vendor, limit: Number(limit.value) })) }, "Set"));
}
