// The vendors' names as they spell them, each with its color on the page.
import { el } from "./dom.js";

const titles = { signalfx: "SignalFx", "signalfx-series": "SignalFx", signalflow: "SignalFlow", wavefront: "Wavefront", "wavefront-proxy": "Wavefront proxy", librato: "Librato / AppOptics" };

export const names = ["signalfx", "wavefront", "librato"]; // those that data is stored under

export const title = (vendor) => titles[vendor] ?? vendor;

// vendorName is the name behind a mark in the vendor's color.
export const vendorName = (vendor) =>
  el("span", { class: `vendor ${vendor.split("-")[0]}` }, title(vendor));

// vendorSelect is a choice among all vendors or one of them.
export const vendorSelect = (value, onchange, choices = names) => {
  const select = el("select", { "aria-label": "Vendor" }, el("option", { value: "" }, "All vendors"), choices.map((v) => el("option", { value: v }, title(v))));
  select.value = value;
  select.addEventListener("change", () => onchange(select.value));
  return select;
};
