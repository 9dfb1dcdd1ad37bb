// What the vendor would drop, and why.
import { get } from "../api.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, clock, count, json } from "../format.js";
import { records } from "../records.js";

export const rejections = {
  name: "rejections",
  title: "Rejections",
  period: 2000,
  create(root) {
    const reasons = el("div", { class: "toolbar" });
    const list = records({
      name: "rejections",
      columns: ["Time", "Kind", "Reason", "Detail"],
      key: (r) => r.id,
      cells: (r) => [clock(r.received), r.kind, badge(r.reason, "bad"), r.detail],
      detail: (r) => [el("p", { class: "soft" }, `${r.vendor} ${r.path}`), r.item === undefined ? null : json(r.item)].filter(Boolean),
      empty: "Nothing was rejected.",
    });
    root.append(reasons, list.root);
    return async () => {
      const [page, stats] = await Promise.all([get("rejections"), get("stats")]);
      replaceIfChanged(reasons, ...Object.values(stats.vendors).flatMap((v) => Object.entries(v.rejected_by_reason))
        .map(([reason, n]) => el("span", { class: "chip" }, `${reason} × ${count(n)}`)));
      list.show(page.rejections);
    };
  },
};
