// All series with their last value; a row opens to its newest points.
import { get } from "../api.js";
import { el } from "../dom.js";
import { age, chips, count, spark, stamp, value } from "../format.js";
import { records } from "../records.js";

const pageSize = 200;
let search = ""; // kept while other views are shown

export const series = {
  name: "series",
  title: "Series",
  period: 2000,
  create(root, page) {
    let now = 0;
    const box = el("input", { type: "search", value: search, placeholder: "Search metric names and dimensions, such as host=a", "aria-label": "Search series" });
    const total = el("span", { class: "soft", role: "status" });
    const list = records({
      name: "series",
      columns: ["Metric", "Type", "Dimensions", { title: "Last value", class: "number" }, { title: "Points", class: "number" }, { title: "Arrived", class: "number" }],
      key: (s) => s.id,
      cells: (s) => [s.metric, s.type, chips(s.dimensions), value(s.last.value), count(s.received), age(s.last_seen, now)],
      detail: async (s) => points((await get("points", { series: s.id })).points),
      empty: "No series here yet, or none matches.",
    });
    box.addEventListener("input", () => {
      search = box.value;
      page.now();
    });
    root.append(el("div", { class: "toolbar" }, box, total), list.root);
    return async () => {
      const [found, stats] = await Promise.all([get("series", { search, limit: pageSize }), get("stats")]);
      now = stats.now;
      const cut = found.total > pageSize ? `, the first ${pageSize} shown` : "";
      total.textContent = `${count(found.total)} series${cut}`;
      list.show(found.series);
    };
  },
};

// points shows the newest ten and all that are held as a line.
function points(all) {
  const newest = all.slice(-10).reverse();
  const numbers = all.map((p) => p.value).filter((v) => typeof v === "number");
  const least = Math.min(...numbers);
  return [
    spark(numbers.map((n) => n - least), "values of the points that are held"),
    el("table", { class: "points" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Timestamp (UTC)"), el("th", { scope: "col" }, `Value (newest ${newest.length} of ${all.length} held)`))),
      el("tbody", {}, newest.map((p) => el("tr", {}, el("td", {}, stamp(p.timestamp)), el("td", {}, value(p.value)))))),
  ];
}
