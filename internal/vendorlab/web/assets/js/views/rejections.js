// What the vendor would drop, and why.
import { get } from "../api.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, clock, count, json } from "../format.js";
import { leftNote, records } from "../records.js";
import { vendorName } from "../vendors.js";

let only = ""; // a reason, kept while other views are shown

export const rejections = {
  name: "rejections",
  title: "Rejections",
  period: 2000,
  create(root, page) {
    const reasons = el("div", { class: "toolbar finds" });
    const left = el("div");
    const list = records({
      name: "rejections",
      columns: ["Time", "Vendor", "Kind", "Reason", "Detail"],
      key: (r) => r.id,
      cells: (r) => [clock(r.received), vendorName(r.vendor), r.kind, badge(r.reason, "bad"), r.detail],
      detail: (r) => [
        el("p", { class: "soft" }, r.path),
        r.item === undefined ? el("p", { class: "soft" }, "The request was refused before its body was read.") : el("h3", {}, "Offending payload"),
        r.item === undefined ? "" : json(r.item)],
      fixed: true,
      empty: "Nothing was rejected.",
    });
    root.append(reasons, list.root, left);
    const choose = (reason) => {
      only = only === reason ? "" : reason;
      page.now();
    };
    return async (stats) => {
      const found = (await get("rejections", { limit: 1000 })).rejections;
      const counts = Object.values(stats.vendors).flatMap((v) => Object.entries(v.rejected_by_reason));
      replaceIfChanged(reasons, ...counts.map(([reason, n]) =>
        el("button", { type: "button", class: "small", "aria-pressed": String(only === reason), "data-reason": reason }, `${reason} × ${count(n)}`)));
      for (const button of reasons.children) button.onclick = () => choose(button.dataset.reason);
      list.show(found.filter((r) => only === "" || r.reason === only).slice(0, 200));
      replaceIfChanged(left, leftNote(stats.rejections, "rejections"));
    };
  },
};
