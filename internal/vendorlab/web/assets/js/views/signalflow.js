// Runs a SignalFlow program over what arrived, from the past on into the present, and plots it live.
import { get } from "../api.js";
import { chart } from "../chart.js";
import { el, keyed, replaceIfChanged } from "../dom.js";
import { badge, chips, clock, json, stamp } from "../format.js";
import { stream } from "../stream.js";

const maxLines = 10; // series drawn
const maxPoints = 1200; // of each
const maxEvents = 50;

const examples = [
  ["CPU of each host", "A = data('cpu.utilization').mean(by=['host.name']).publish('cpu')"],
  ["Network rates", "data('system.network.io', rollup='rate').sum(by=['direction']).publish('bytes per second')"],
  ["Memory that is used", "used = data('system.memory.usage', filter=filter('state', 'used')).sum()\nall = data('system.memory.usage').sum()\n(used / all * 100).publish('% used')"],
  ["Deploys", "events(eventType='deploy').publish('deploys')"],
  ["Detector", "A = data('cpu.utilization').mean(by=['host.name']).publish('cpu')\ndetect(when(A > 50)).publish('CPU above 50 %')"],
];

// What is typed and what runs are kept while other views are shown.
let program = examples[0][1];
let minutes = "5";
let job = null;
let eventCount = 0;

export const signalflow = {
  name: "signalflow",
  title: "SignalFlow",
  period: 1000,
  create(root, page) {
    const text = el("textarea", { id: "program", rows: 5, spellcheck: "false", class: "mono", "aria-describedby": "problem" });
    text.value = program;
    text.addEventListener("input", () => { program = text.value; });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    });
    const since = el("select", { "aria-label": "Start" },
      [["1", "last minute"], ["5", "last 5 minutes"], ["60", "last hour"], ["0", "from now on"]].map(([value, title]) => el("option", { value }, title)));
    since.value = minutes;
    since.addEventListener("change", () => { minutes = since.value; });
    const state = el("span", { class: "soft", role: "status" });
    const problem = el("div", { id: "problem", class: "problem", role: "alert" });
    const lines = chart("results of the program over time");
    page.onClose(lines.close);
    const happened = el("div", { class: "detail" });
    const notes = el("p", { class: "soft" }, "Run a program to see its results here.");
    const others = el("div", { class: "soft" });
    const show = () => {
      const now = job ?? { state: "not running", problem: null, series: new Map(), events: [], notes: new Set() };
      state.textContent = now.state;
      text.setAttribute("aria-invalid", String(now.problem !== null));
      replaceIfChanged(problem, ...(now.problem ? complaint(now.problem) : []));
      const drawn = [...now.series].slice(0, maxLines).map(([key, s], i) => ({ key, color: i, unit: "", ...s }));
      lines.show(drawn, now.events.map((e) => ({ at: e.timestampMs / 1000, label: "" })));
      if (job) notes.textContent = [...now.notes, now.series.size > maxLines ? `${now.series.size - maxLines} more series are not drawn` : ""].filter(Boolean).join(" · ");
      keyed(happened, now.events, (e) => e.key, happening, () => {});
    };
    const run = () => {
      start(show);
      show();
    };
    const load = (code) => {
      program = text.value = code;
      run();
    };
    root.append(
      el("section", { class: "card" },
        el("label", { for: "program" }, el("h2", {}, "SignalFlow program")), text, problem,
        el("div", { class: "toolbar" },
          el("button", { type: "button", class: "primary", onclick: run, title: "Ctrl+Enter in the program" }, "Run"),
          el("button", { type: "button", onclick: () => { stop(); show(); } }, "Stop"), since, state),
        el("div", { class: "toolbar finds" }, el("span", { class: "soft" }, "Examples"), examples.map(([title, code]) => el("button", { type: "button", class: "small", onclick: () => load(code) }, title)))),
      el("section", { class: "card", "aria-label": "Results" }, lines.root, notes, happened), others);
    return async () => {
      show();
      const { jobs } = await get("jobs");
      replaceIfChanged(others, el("h2", {}, ["No job runs", "One job runs"][jobs.length] ?? `${jobs.length} jobs run`),
        ...jobs.map((j) => el("pre", {}, j.program)));
    };
  },
};

// happening is one line about an event, which opens to all of it.
function happening({ timestampMs, properties, label, dimensions }) {
  const { is, was, ...others } = properties;
  const plain = Object.fromEntries(Object.entries(is === undefined ? others : {}).filter(([name, v]) => typeof v !== "object" && !name.startsWith("sf_")));
  return el("details", { class: "span" },
    el("summary", {}, badge(clock(timestampMs), is === "anomalous" ? "bad" : is === undefined ? "warn" : "good"), " ", el("b", {}, label), " ", ...(is === undefined ? chips(plain) : [`${was} → ${is} `, ...chips(dimensions)])),
    el("p", { class: "soft" }, `${stamp(timestampMs)} UTC`), json(properties));
}

// complaint shows the vendor's message and, where it has a place, points at it.
function complaint({ message, context }) {
  const line = context?.programText?.split("\n")[context.line - 1];
  if (line === undefined) return [message];
  return [el("p", {}, message), el("pre", {}, `${line}\n${" ".repeat(Math.max(0, context.column - 1))}^`)];
}

function stop() {
  if (!job) return;
  job.abort.abort();
  job.state = "stopped";
}

function start(show) {
  stop();
  const mine = { abort: new AbortController(), state: "running", problem: null, series: new Map(), detectors: new Map(), events: [], notes: new Set() };
  job = mine;
  const begin = minutes === "0" ? "" : `?start=${Date.now() - Number(minutes) * 60000}`;
  stream(`/api/signalflow/execute${begin}`, { programText: program }, mine.abort.signal, (name, data) => take(mine, name, data))
    .then(() => { mine.state = "ended"; })
    .catch((error) => {
      if (mine.abort.signal.aborted) return;
      mine.state = "failed";
      mine.problem = { message: error.message };
    })
    .finally(() => { if (job === mine) show(); });
}

// take brings what a job tells into what is shown.
function take(to, name, data) {
  if (name === "metadata") {
    const keys = (data.properties.sf_key ?? []).filter((key) => key in data.properties && !key.startsWith("sf_") && key !== "computationId");
    const described = {
      label: data.properties.sf_streamLabel ?? data.properties.sf_originatingMetric ?? "",
      dimensions: Object.fromEntries(keys.map((key) => [key, data.properties[key]])),
    };
    if (data.properties.sf_type === "MetricTimeSeries") to.series.set(data.tsId, { ...described, points: [] });
    else to.detectors.set(data.tsId, described);
  }
  if (name === "data") {
    to.state = `running, at ${clock(data.logicalTimestampMs)}`;
    for (const { tsId, value: v } of data.data) {
      const points = to.series.get(tsId)?.points;
      if (points && v !== null) points.push([data.logicalTimestampMs / 1000, v]);
      if (points?.length > maxPoints) points.shift();
    }
  }
  if (name === "expired-tsid") to.series.delete(data.tsId);
  if (name === "event") to.events = [{ label: "", dimensions: {}, ...to.detectors.get(data.tsId), ...data, key: ++eventCount }, ...to.events].slice(0, maxEvents);
  if (name === "message" && data.message.messageLevel !== "INFO") to.notes.add(`${data.message.messageCode} ${JSON.stringify(data.message.contents)}`);
  if (name === "message" && data.message.messageCode === "FIND_MATCHED_NO_TIMESERIES") to.notes.add("No series matches yet");
  if (name === "error") to.problem = data;
  if (name === "control-message" && data.event === "CHANNEL_ABORT") to.problem = { message: data.abortInfo.sf_job_abortReason };
}
