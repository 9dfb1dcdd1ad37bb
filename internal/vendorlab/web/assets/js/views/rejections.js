// What the vendor would drop, and why.
import { get } from "../api.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, clock, count, json } from "../format.js";
import { leftNote, records } from "../records.js";
import { title, vendorName } from "../vendors.js";

let only = ""; // a vendor and a reason, kept while other views are shown

// which tells reasons apart that vendors share, such as a request that was refused.
const which = (r) => `${r.vendor} ${r.reason}`;

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
    const choose = (which) => {
      only = only === which ? "" : which;
      page.now();
    };
    return async (stats) => {
      const found = (await get("rejections", { limit: 1000 })).rejections;
      const counts = Object.entries(stats.vendors).flatMap(([vendor, v]) => Object.entries(v.rejected_by_reason).map(([reason, n]) => ({ vendor, reason, n })));
      replaceIfChanged(reasons, ...counts.map((c) =>
        el("button", { type: "button", class: "small", "aria-pressed": String(only === which(c)), "data-which": which(c), title: title(c.vendor) },
          el("span", { class: `dot ${c.vendor}` }), `${c.reason} × ${count(c.n)}`)));
      for (const button of reasons.children) button.onclick = () => choose(button.dataset.which);
      list.show(found.filter((r) => only === "" || which(r) === only).slice(0, 200));
      replaceIfChanged(left, leftNote(stats.rejections, "rejections"));
    };
  },
};
