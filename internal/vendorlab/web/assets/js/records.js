// A list of records: one row each, which opens to its detail.
import { el, keyed, replaceIfChanged } from "./dom.js";
import { count } from "./format.js";

// records({name, columns: ["Time", {title, class}], key, cells, detail, lead}) returns
// {root, show(items)}. cells(item) gives a string, a node or a list of them for each
// column. detail(item) gives nodes, perhaps later; it is asked when a row opens and,
// unless the list is fixed (its records never change), again at every show while it is
// open. lead(item) is a control in front of the row that does not open it.
export function records({ name, columns, key, cells, detail, lead, fixed, empty }) {
  const titled = columns.map((c) => (typeof c === "string" ? { title: c } : c));
  const list = el("div");
  const notice = el("p", { class: "notice" }, empty);
  const rows = el("div", { class: `rows ${name}${lead ? " led" : ""}` },
    el("div", { class: "head", "aria-hidden": "true" }, titled.map((c) => el("span", { class: c.class }, c.title))), list);
  const root = el("div", {}, notice, rows);

  const create = (item) => {
    const details = el("details", {},
      el("summary", {}, titled.map((c) => el("span", { class: `cell ${c.class ?? ""}`, "data-label": c.title }))),
      el("div", { class: "detail" }));
    const row = el("div", { class: "row" }, lead ? lead(item) : "", details);
    details.addEventListener("toggle", () => fillDetail(row));
    return row;
  };

  const update = (row, item) => {
    row.item = item;
    const summary = row.lastChild.firstChild;
    cells(item).forEach((content, i) => replaceIfChanged(summary.children[i], ...[content].flat()));
    if (!fixed) fillDetail(row);
  };

  const fillDetail = async (row) => {
    const details = row.lastChild;
    if (details.open) replaceIfChanged(details.lastChild, ...[await detail(row.item)].flat());
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

// leftNote says how many records had to make room for newer ones, if any.
export const leftNote = (ring, what) =>
  el("p", { class: "soft left" }, ring.evicted > 0 ? `The memory holds the newest ${count(ring.limit)}: ${count(ring.evicted)} older ${what} have left it.` : "");
