// What the SignalFx metadata API was told about dimensions.
import { get } from "../api.js";
import { el } from "../dom.js";
import { chips, clock, count, json } from "../format.js";
import { records } from "../records.js";

let search = ""; // kept while other views are shown

export const dimensions = {
  name: "dimensions",
  title: "Dimensions",
  period: 2000,
  create(root, page) {
    const box = el("input", { type: "search", value: search, placeholder: "Search dimensions, such as host=a", "aria-label": "Search dimensions" });
    const total = el("span", { class: "soft", role: "status" });
    const list = records({
      name: "dimensions",
      columns: ["Changed", "Dimension", "Properties", "Tags"],
      key: (d) => `${d.key}=${d.value}`,
      cells: (d) => [clock(d.lastUpdated), chips({ [d.key]: d.value }), chips(d.customProperties), d.tags.map((tag) => el("span", { class: "chip" }, tag))],
      detail: json,
      empty: "No dimension got metadata yet, or none matches.",
    });
    box.addEventListener("input", () => {
      search = box.value;
      page.now();
    });
    root.append(el("div", { class: "toolbar" }, box, total), list.root);
    return async () => {
      const found = await get("dimensions", { search });
      total.textContent = `${count(found.total)} ${found.total === 1 ? "dimension" : "dimensions"}`;
      list.show(found.dimensions);
    };
  },
};
