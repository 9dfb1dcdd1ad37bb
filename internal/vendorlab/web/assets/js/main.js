// Frame of the page: one view at a time, asked again every second or two.
//
// A view is a module with {name, title, period, create(root, page) -> refresh}: create builds its elements once,
// refresh(stats) fetches and shows. page.now() refreshes at once, page.onClose(f) is called when another view opens,
// page.go(name) opens one. To add a view, add it here.
import { get, post } from "./api.js";
import { el, replaceIfChanged } from "./dom.js";
import { overview } from "./views/overview.js";
import { series } from "./views/series.js";
import { signalflow } from "./views/signalflow.js";
import { events } from "./views/events.js";
import { traces } from "./views/traces.js";
import { metadata } from "./views/metadata.js";
import { rejections } from "./views/rejections.js";
import { requests } from "./views/requests.js";
import { faults } from "./views/faults.js";
import { audit } from "./views/audit.js";

const views = [overview, series, signalflow, events, traces, metadata, rejections, requests, faults, audit];

const main = document.getElementById("main");
const status = document.getElementById("status");
const pause = document.getElementById("pause");
const banner = document.getElementById("banner");
const nav = document.getElementById("nav");

let refresh = async () => {};
let closing = [];
let period = 1000;
let shown = null;
let timer = 0;
let running = 0; // counts updates, so that a slow one does not show over a newer view

nav.append(...views.map((view) => el("a", { href: `#${view.name}` }, view.title)));

function open() {
  const name = location.hash.slice(1);
  if (name === "main" && shown) return; // the skip link
  const view = views.find((v) => v.name === name) ?? views[0];
  if (view === shown) return;
  for (const close of closing) close();
  closing = [];
  shown = view;
  document.title = `${view.title} – Vendor lab`;
  for (const link of nav.children) {
    const current = link.hash === `#${view.name}`;
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (current) link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  main.setAttribute("aria-busy", "true");
  main.replaceChildren();
  refresh = view.create(main, { now: update, onClose: (f) => closing.push(f), go: (to) => { location.hash = to; } });
  period = view.period;
  window.scrollTo(0, 0);
  update();
}

async function update() {
  clearTimeout(timer);
  const mine = ++running;
  try {
    const [stats, { faults: on }] = await Promise.all([get("stats"), get("faults")]);
    if (mine !== running) return;
    warn(stats, on);
    const view = shown;
    await refresh(stats);
    if (view === shown) main.setAttribute("aria-busy", "false");
    show(paused() ? "paused" : "live", paused() ? "paused" : "live");
  } catch (error) {
    show("lost", error instanceof TypeError ? "the lab does not answer" : error.message);
  }
  if (mine !== running) return;
  if (!paused() && !document.hidden) timer = setTimeout(update, period);
}

function show(state, text) {
  status.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

// warn says on every view what makes the lab behave unlike a vendor that is well.
function warn(stats, on) {
  const notes = [];
  if (on.length > 0) notes.push(el("a", { href: "#faults" }, on.length === 1 ? "A fault is switched on" : `${on.length} faults are switched on`));
  if (stats.discard) notes.push(el("span", {}, "Discard mode: what arrives is counted and not kept"));
  banner.hidden = notes.length === 0;
  replaceIfChanged(banner, ...notes);
}

const paused = () => pause.getAttribute("aria-pressed") === "true";

pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(!paused()));
  update();
});

document.getElementById("reset").addEventListener("click", async () => {
  if (!confirm("Forget everything that arrived? Faults stay as they are.")) return;
  await post("reset");
  update();
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) update(); });
window.addEventListener("hashchange", open);

open();
