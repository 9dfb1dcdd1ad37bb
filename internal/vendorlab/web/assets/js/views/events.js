// The newest events.
import { get } from "../api.js";
import { chips, clock, json } from "../format.js";
import { records } from "../records.js";

export const events = {
  name: "events",
  title: "Events",
  period: 2000,
  create(root) {
    const list = records({
      name: "events",
      columns: ["Time", "Type", "Category", "Dimensions and properties"],
      key: (e) => e.id,
      cells: (e) => [clock(e.timestamp), e.type, e.category ?? "", [...chips(e.dimensions), ...chips(e.properties)]],
      detail: json,
      empty: "No events yet.",
    });
    root.append(list.root);
    return async () => list.show((await get("events")).events);
  },
};
