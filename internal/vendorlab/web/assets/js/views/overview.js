// What each vendor receives per second, and how full the memory is.
import { get } from "../api.js";
import { el, keyed, replaceIfChanged } from "../dom.js";
import { badge, bytes, count, spark } from "../format.js";

const kinds = [
  ["points", "Points"],
  ["events", "Events"],
  ["spans", "Spans"],
  ["rejected", "Rejected"],
  ["requests", "Requests"],
];

const stores = [
  ["series", "Series"],
  ["events", "Events"],
  ["spans", "Spans"],
  ["span_logs", "Span logs"],
  ["rejections", "Rejections"],
  ["requests", "Requests"],
];

export const overview = {
  name: "overview",
  title: "Overview",
  period: 1000,
  create(root) {
    const vendors = el("div");
    const meters = el("div", { class: "meters" });
    const welcome = el("section", { class: "card" });
    root.append(welcome, vendors, el("section", { class: "card" }, el("h2", {}, "Kept in memory"), meters));
    get("ports").then(({ services }) => welcome.append(...recipes(services))).catch(() => {});
    return async () => {
      const stats = await get("stats");
      const names = Object.keys(stats.vendors).sort();
      welcome.hidden = names.length > 0;
      keyed(vendors, names, (name) => name, () => el("section", { class: "card" }),
        (card, name) => replaceIfChanged(card, ...vendorCard(name, stats.vendors[name])));
      replaceIfChanged(meters, ...stores.map(([key, title]) => meter(title, stats[key])));
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

function vendorCard(name, traffic) {
  return [
    el("div", { class: "vendor-head" },
      el("h2", {}, name),
      el("span", { class: "soft" }, `${bytes(traffic.wire_bytes)} received`),
      statuses(traffic.answers_by_status)),
    el("div", { class: "tiles" }, kinds.map(([key, title]) => tile(key, title, traffic))),
  ];
}

function statuses(byStatus) {
  return el("span", {}, Object.entries(byStatus).flatMap(([status, n]) => {
    const kind = status < 300 && status > 0 ? "good" : status < 500 && status > 0 ? "warn" : "bad";
    return [badge(`${status === "0" ? "cut" : status} × ${count(n)}`, kind), " "];
  }));
}

// tile shows the last whole ten seconds as a rate; the running second is left out.
function tile(key, title, traffic) {
  const seconds = traffic.per_second.slice(0, -1).map((s) => s[key]);
  const rate = seconds.slice(-10).reduce((sum, n) => sum + n, 0) / 10;
  const bad = key === "rejected" && traffic.rejected > 0;
  return el("div", { class: bad ? "tile bad" : "tile" },
    el("h3", {}, title),
    el("p", { class: "figure" }, count(rate), el("small", {}, " /s")),
    el("p", { class: "soft" }, `${count(traffic[key])} in all`),
    spark(seconds, `${title} per second over the last two minutes`));
}

function meter(title, ring) {
  const left = ring.evicted > 0 ? `, ${count(ring.evicted)} left` : "";
  return el("div", { class: "meter" },
    el("div", { class: "names" }, el("span", {}, title), el("span", { class: "soft" }, `${count(ring.held)} of ${count(ring.limit)}${left}`)),
    el("meter", { min: 0, max: ring.limit, value: ring.held, "aria-label": `${title} held` }));
}
