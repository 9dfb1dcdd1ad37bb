// What the vendors were told about dimensions (SignalFx) and sources (Wavefront).
import { get } from "../api.js";
import { el } from "../dom.js";
import { chips, clock, json, plural } from "../format.js";
import { records } from "../records.js";

let search = ""; // kept while other views are shown

const tags = (list) => (list ?? []).map((tag) => el("span", { class: "chip" }, tag));

export const metadata = {
  name: "metadata",
  title: "Metadata",
  period: 2000,
  create(root, page) {
    const box = el("input", { type: "search", value: search, placeholder: "Search dimensions and sources, such as host=a", "aria-label": "Search metadata" });
    const total = el("span", { class: "soft", role: "status" });
    const dimensions = records({
      name: "dimensions",
      columns: ["Changed", "Dimension", "Properties", "Tags"],
      key: (d) => `${d.key}=${d.value}`,
      cells: (d) => [clock(d.lastUpdated), chips({ [d.key]: d.value }), chips(d.customProperties), tags(d.tags)],
      detail: json,
      empty: "SignalFx was told about no dimension yet, or none matches.",
    });
    const sources = records({
      name: "sources",
      columns: ["Source", "Description", "Tags"],
      key: (s) => s.id,
      cells: (s) => [s.id, s.description ?? "", tags(s.tags)],
      detail: json,
      empty: "Wavefront was told about no source yet, or none matches.",
    });
    box.addEventListener("input", () => {
      search = box.value;
      page.now();
    });
    root.append(el("div", { class: "toolbar" }, box, total),
      el("h2", {}, "Dimensions of SignalFx"), dimensions.root, el("h2", { class: "next" }, "Sources of Wavefront"), sources.root);
    return async () => {
      const [found, noted] = await Promise.all([get("dimensions", { search }), get("sources", { search })]);
      total.textContent = `${plural(found.total, "dimension")}, ${plural(noted.total, "source")}`;
      dimensions.show(found.dimensions);
      sources.show(noted.sources);
    };
  },
};
