// A list of records: one row each, which opens to its detail.
import { el, keyed, replaceIfChanged } from "./dom.js";

// records({name, columns: ["Time", {title, class}], key, cells, detail}) returns
// {root, show(items)}. cells(item) gives a string, a node or a list of them for each
// column. detail(item) gives nodes, perhaps later; it is asked when a row opens and
// again at every show while it is open.
export function records({ name, columns, key, cells, detail, empty }) {
  const titled = columns.map((c) => (typeof c === "string" ? { title: c } : c));
  const list = el("div");
  const notice = el("p", { class: "notice" }, empty);
  const rows = el("div", { class: `rows ${name}` },
    el("div", { class: "head" }, titled.map((c) => el("span", { class: c.class }, c.title))), list);
  const root = el("div", {}, notice, rows);

  const create = () => {
    const row = el("details", {},
      el("summary", {}, titled.map((c) => el("span", { class: `cell ${c.class ?? ""}`, "data-label": c.title }))),
      el("div", { class: "detail" }));
    row.addEventListener("toggle", () => fillDetail(row));
    return row;
  };

  const update = (row, item) => {
    row.item = item;
    cells(item).forEach((content, i) => replaceIfChanged(row.firstChild.children[i], ...[content].flat()));
    fillDetail(row);
  };

  const fillDetail = async (row) => {
    if (row.open) replaceIfChanged(row.lastChild, ...[await detail(row.item)].flat());
  };

  return {
    root,
    show(items) {
      notice.hidden = items.length > 0;
      rows.hidden = items.length === 0;
      keyed(list, items, key, create, update);
    },
  };
}
