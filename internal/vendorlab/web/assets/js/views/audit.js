// How often everything arrived that carries the audited attribute.
import { get } from "../api.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, count } from "../format.js";
import { records } from "../records.js";

export const audit = {
  name: "audit",
  title: "Audit",
  period: 2000,
  create(root) {
    const about = el("p", { class: "soft" });
    const list = records({
      name: "audit",
      columns: ["Value", { title: "Arrived", class: "number" }, { title: "Different", class: "number" }, { title: "Repeated", class: "number" }, "Verdict"],
      key: (e) => e.value,
      cells: (e) => [e.value, count(e.total), count(e.distinct), count(e.repeated), e.repeated > 0 ? badge("arrived more than once", "bad") : badge("each once", "good")],
      detail: (e) => (e.duplicates.length === 0 ? el("p", { class: "soft" }, "Nothing arrived twice.") : e.duplicates.map((d) => el("pre", {}, `${d.count} × ${d.identity}`))),
      empty: "Nothing that carries the audited attribute has arrived.",
    });
    root.append(el("section", { class: "card" }, el("h2", {}, "Exactly once?"), about), list.root);
    return async () => {
      const report = await get("audit");
      replaceIfChanged(about, `Everything that carries the dimension or attribute ${report.key} is counted by its series, time and value. GET /api/audit?expected=VALUE:COUNT compares with what you sent.`,
        report.untracked > 0 ? el("b", {}, ` The memory for ${count(report.limit)} identities is full: ${count(report.untracked)} arrivals were not compared.`) : "");
      list.show(report.entries);
    };
  },
};
