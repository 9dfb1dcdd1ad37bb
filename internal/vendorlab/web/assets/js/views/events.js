// The newest events and annotations: on a timeline, a lane for each type, and as a list.
import { get } from "../api.js";
import { el, replaceIfChanged, svg } from "../dom.js";
import { chips, clock, json } from "../format.js";
import { leftNote, records } from "../records.js";
import { vendorName, vendorSelect } from "../vendors.js";

const maxLanes = 12;
let vendor = "";

export const events = {
  name: "events",
  title: "Events",
  period: 2000,
  create(root, page) {
    const lanes = el("div");
    const left = el("div");
    const list = records({
      name: "events",
      columns: ["Time", "Vendor", "Type", "Dimensions"],
      key: (e) => e.id,
      cells: (e) => [clock(e.timestamp), vendorName(e.vendor), [e.type, e.category ? el("span", { class: "soft" }, ` ${e.category}`) : ""], [...chips(e.dimensions), ...chips(e.properties)]],
      detail: json,
      empty: "No events yet.",
    });
    root.append(el("div", { class: "toolbar" }, vendorSelect(vendor, (v) => { vendor = v; page.now(); })), el("section", { class: "card", "aria-label": "Timeline" }, lanes), list.root, left);
    return async (stats) => {
      const all = (await get("events", { limit: 500 })).events.filter((e) => vendor === "" || e.vendor === vendor);
      lanes.parentElement.hidden = all.length === 0;
      replaceIfChanged(lanes, timeline(all, stats.now));
      list.show(all.slice(0, 100));
      replaceIfChanged(left, leftNote(stats.events, "events"));
    };
  },
};

// timeline spans from the oldest of the newest events, at most an hour ago, to now.
function timeline(all, now) {
  const from = Math.max(now - 3600_000, Math.min(now - 60_000, ...all.map((e) => e.timestamp)));
  const recent = all.filter((e) => e.timestamp >= from && e.timestamp <= now);
  const byLane = new Map();
  for (const e of recent) {
    const key = `${e.vendor}\u0000${e.type}`;
    byLane.set(key, [...(byLane.get(key) ?? []), e]);
  }
  const shown = [...byLane.values()].slice(0, maxLanes);
  const place = (t) => (100 * (t - from)) / (now - from);
  return el("div", { class: "timeline" },
    shown.flatMap((lane) => [
      el("div", { class: "lane-name" }, vendorName(lane[0].vendor), " ", el("span", { class: "lane-type", title: lane[0].type }, lane[0].type)),
      laneOf(lane, place, now),
    ]),
    el("span", {}), el("div", { class: "ticks" }, [0, 0.25, 0.5, 0.75, 1].map((share) => el("span", {}, clock(from + share * (now - from))))),
    byLane.size > maxLanes ? el("p", { class: "soft" }, `${byLane.size - maxLanes} more types are not drawn`) : "");
}

function laneOf(lane, place, now) {
  return svg("svg", { class: `lane ${lane[0].vendor}`, viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": `${lane.length} × ${lane[0].type}` },
    svg("line", { x1: 0, x2: 100, y1: 5, y2: 5, class: "rail" }),
    ...lane.map((e) => {
      const end = Math.min(now, e.end ?? e.timestamp);
      const mark = svg("rect", { x: place(e.timestamp).toFixed(2), width: Math.max(0.35, place(end) - place(e.timestamp)).toFixed(2), y: 1, height: 8 });
      mark.append(svg("title", {}, `${clock(e.timestamp)} ${e.type}`));
      return mark;
    }));
}
