// What each vendor receives per second, and how full the memory is.
import { get } from "../api.js";
import { el, keyed, replaceIfChanged } from "../dom.js";
import { badge, bars, bytes, count } from "../format.js";
import { names, vendorName } from "../vendors.js";

const kinds = [
  ["events", "Events"],
  ["spans", "Spans"],
  ["requests", "Requests"],
  ["rejected", "Rejected"],
];

export const overview = {
  name: "overview",
  title: "Overview",
  period: 1000,
  create(root) {
    const vendors = el("div", { class: "vendors" });
    const memory = el("section", { class: "card" });
    const welcome = el("section", { class: "card" });
    const listening = el("section", { class: "card" });
    root.append(welcome, vendors, memory, listening);
    let services = {};
    get("ports").then((ports) => {
      services = ports.services;
      welcome.append(...recipes(services));
      listening.append(...addresses(services));
    }).catch(() => {});
    return async (stats) => {
      const { jobs } = await get("jobs");
      welcome.hidden = Object.keys(stats.vendors).length > 0;
      keyed(vendors, names, (name) => name, () => el("section", { class: "card" }),
        (card, name) => replaceIfChanged(card, ...vendorCard(name, stats.vendors[name])));
      replaceIfChanged(memory, ...memoryCard(stats, jobs.length));
    };
  },
};

const recipes = ({ signalfx, wavefront, librato }) => [
  el("h2", {}, "Nothing has arrived yet"),
  el("p", { class: "soft" }, "Point an exporter here, or send one point by hand to SignalFx, Wavefront or Librato:"),
  el("pre", {}, `curl -H 'X-SF-Token: any' -H 'Content-Type: application/json' \\\n  -d '{"gauge":[{"metric":"hello","value":1,"dimensions":{"from":"me"}}]}' \\\n  ${signalfx.url}/v2/datapoint`),
  el("pre", {}, `curl -H 'Authorization: Bearer any' -d 'hello 1 source=me' \\\n  '${wavefront.url}/report?f=wavefront'`),
  el("pre", {}, `curl -u any: -H 'Content-Type: application/json' \\\n  -d '{"measurements":[{"name":"hello","value":1,"tags":{"from":"me"}}]}' \\\n  ${librato.url}/v1/measurements`),
];

const addresses = (services) => [
  el("h2", {}, "Send it here"),
  el("dl", { class: "addresses" }, Object.keys(services).sort().flatMap((name) => [el("dt", {}, vendorName(name)), el("dd", { class: "mono" }, services[name].url)])),
];

const silent = { points: 0, events: 0, spans: 0, span_logs: 0, requests: 0, rejected: 0, wire_bytes: 0, answers_by_status: {}, rejected_by_reason: {}, per_second: [] };

function vendorCard(name, traffic = silent) {
  return [
    el("h2", {}, vendorName(name)),
    el("div", { class: `headline ${name}` },
      el("p", { class: "figure" }, count(rate(traffic, "points")), el("small", {}, " points/s")),
      el("p", { class: "soft" }, `${count(traffic.points)} in all, ${bytes(traffic.wire_bytes)}`),
      bars(seconds(traffic, "points"), "Points per second over the last two minutes", 56)),
    el("div", { class: "figures" }, kinds.map(([key, title]) => figure(key, title, traffic))),
    el("p", { class: "badges" }, statuses(traffic.answers_by_status), reasons(traffic.rejected_by_reason)),
  ];
}

// The running second is left out, and the rate is that of the last whole ten.
const seconds = (traffic, key) => traffic.per_second.slice(0, -1).map((s) => s[key]);

const rate = (traffic, key) => seconds(traffic, key).slice(-10).reduce((sum, n) => sum + n, 0) / 10;

function figure(key, title, traffic) {
  const bad = key === "rejected" && traffic.rejected > 0;
  return el("div", { class: bad ? "bad" : "" },
    el("h3", {}, title),
    el("p", {}, el("b", {}, count(rate(traffic, key))), el("small", { class: "soft" }, "/s")),
    el("p", { class: "soft" }, count(traffic[key])),
    bars(seconds(traffic, key), `${title} per second over the last two minutes`, 22));
}

function statuses(byStatus) {
  return Object.entries(byStatus).flatMap(([status, n]) => {
    const kind = status < 300 && status > 0 ? "good" : status < 500 && status > 0 ? "warn" : "bad";
    return [badge(`${status === "0" ? "cut" : status} × ${count(n)}`, kind), " "];
  });
}

const reasons = (byReason) => Object.entries(byReason).sort((a, b) => b[1] - a[1]).slice(0, 4)
  .flatMap(([reason, n]) => [el("a", { class: "badge bad", href: "#rejections" }, `${reason} × ${count(n)}`), " "]);

const lists = [
  ["series", "Series"],
  ["events", "Events"],
  ["spans", "Spans"],
  ["span_logs", "Span logs"],
  ["rejections", "Rejections"],
  ["requests", "Requests"],
];

function memoryCard(stats, jobs) {
  const left = [
    ...lists.map(([key, title]) => [stats[key].evicted, title.toLowerCase()]),
    [stats.points.evicted, "points"],
    [stats.bodies.evicted, "request bodies"],
  ].filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
  return [
    el("h2", {}, "Kept in memory"),
    el("p", { class: left.length > 0 ? "left" : "soft" }, left.length > 0
      ? `The memory is bounded, so older data has left it: ${left.join(", ")}.`
      : `The memory is bounded: once it is full the oldest leaves first. Nothing had to leave yet.`),
    el("div", { class: "meters" },
      lists.map(([key, title]) => meter(title, stats[key], count)),
      meter("Request bodies", stats.bodies, bytes)),
    el("p", { class: "soft" }, `${count(stats.points.held)} points are held, up to ${count(stats.limits.points_per_series)} of a series. ${["No SignalFlow job runs", "One SignalFlow job runs"][jobs] ?? `${jobs} SignalFlow jobs run`}.`),
  ];
}

function meter(title, ring, format) {
  return el("div", { class: "meter" },
    el("div", { class: "names" }, el("span", {}, title), el("span", { class: "soft" }, `${format(ring.held)} of ${format(ring.limit)}`)),
    el("meter", { min: 0, max: ring.limit, value: ring.held, "aria-label": `${title} held` }));
}
