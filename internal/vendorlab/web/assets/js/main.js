// Frame of the page: one view at a time, asked again every second or two.
//
// A view is a module with {name, title, period, create(root) -> refresh}: create
// builds its elements once, refresh fetches and shows. To add a view, add it here.
import { get, post } from "./api.js";
import { el } from "./dom.js";
import { overview } from "./views/overview.js";
import { series } from "./views/series.js";
import { signalflow } from "./views/signalflow.js";
import { events } from "./views/events.js";
import { dimensions } from "./views/dimensions.js";
import { traces } from "./views/traces.js";
import { rejections } from "./views/rejections.js";
import { requests } from "./views/requests.js";

const views = [overview, series, signalflow, events, traces, dimensions, rejections, requests];

const main = document.getElementById("main");
const status = document.getElementById("status");
const pause = document.getElementById("pause");

let refresh = async () => {};
let period = 1000;
let shown = null;
let timer = 0;

document.getElementById("nav").append(...views.map((view) => el("a", { href: `#${view.name}` }, view.title)));

function open() {
  const name = location.hash.slice(1);
  if (name === "main" && shown) return; // the skip link
  const view = views.find((v) => v.name === name) ?? views[0];
  if (view === shown) return;
  shown = view;
  document.title = `${view.title} – Vendor lab`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${view.name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.replaceChildren();
  refresh = view.create(main, { now: update });
  period = view.period;
  update();
}

async function update() {
  clearTimeout(timer);
  try {
    await refresh();
    show(paused() ? "paused" : "live", paused() ? "paused" : "live");
  } catch (error) {
    show("lost", error instanceof TypeError ? "the lab does not answer" : error.message);
  }
  clearTimeout(timer);
  if (!paused() && !document.hidden) timer = setTimeout(update, period);
}

function show(state, text) {
  status.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

const paused = () => pause.getAttribute("aria-pressed") === "true";

pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(!paused()));
  update();
});

document.getElementById("reset").addEventListener("click", async () => {
  if (!confirm("Forget everything that arrived?")) return;
  await post("reset");
  update();
});

document.addEventListener("visibilitychange", update);
window.addEventListener("hashchange", open);

get("ports").then(({ services }) => {
  const list = Object.entries(services).map(([name, s]) => `${name} ${s.url}`).join(" · ");
  document.getElementById("footer").textContent = `Listening: ${list}. Kept in memory only; the oldest data leaves first.`;
}).catch(() => {});

open();
