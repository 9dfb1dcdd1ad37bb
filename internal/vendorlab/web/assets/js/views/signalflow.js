// Runs a SignalFlow program over what arrived, from the past on into the present.
import { get } from "../api.js";
import { chart, color } from "../chart.js";
import { el, replaceIfChanged } from "../dom.js";
import { badge, chips, clock, json, stamp, value } from "../format.js";
import { stream } from "../stream.js";

const maxLines = 20; // series drawn
const maxPoints = 600; // of each
const maxEvents = 50;

// What is typed and what runs are kept while other views are shown.
let program = "A = data('*').count().publish('series with a point')";
let minutes = "5";
let job = null;

export const signalflow = {
  name: "signalflow",
  title: "SignalFlow",
  period: 1000,
  create(root) {
    const text = el("textarea", { id: "program", rows: 5, spellcheck: "false", class: "mono", "aria-describedby": "problem" });
    text.value = program;
    text.addEventListener("input", () => { program = text.value; });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    });
    const since = el("select", { "aria-label": "Start" },
      [["1", "last minute"], ["5", "last 5 minutes"], ["60", "last hour"], ["0", "from now on"]].map(([minutes, title]) => el("option", { value: minutes }, title)));
    since.value = minutes;
    since.addEventListener("change", () => { minutes = since.value; });
    const state = el("span", { class: "soft", role: "status" });
    const problem = el("p", { id: "problem", class: "problem", role: "alert" });
    const plot = el("div");
    const legend = el("div", { class: "legend" });
    const happened = el("div", { class: "detail" });
    const others = el("div", { class: "soft" });
    const show = () => {
      const now = job ?? { state: "not running", problem: "", series: new Map(), events: [] };
      state.textContent = now.state;
      problem.textContent = now.problem;
      const drawn = [...now.series.values()].slice(0, maxLines);
      replaceIfChanged(plot, chart(drawn, "results of the program"));
      replaceIfChanged(legend, ...drawn.map(entry), now.series.size > maxLines ? el("p", { class: "soft" }, `${now.series.size - maxLines} more series are not drawn`) : "");
      replaceIfChanged(happened, ...now.events.map((e) => el("div", {}, badge(stamp(e.timestampMs), "warn"), json(e.properties))));
    };
    const run = () => {
      start();
      show();
    };
    root.append(
      el("section", { class: "card" },
        el("label", { for: "program" }, el("h2", {}, "Program")), text, problem,
        el("div", { class: "toolbar" },
          el("button", { type: "button", onclick: run }, "Run"),
          el("button", { type: "button", onclick: () => { stop(); show(); } }, "Stop"), since, state)),
      el("section", { class: "card" }, plot, legend, happened), others);
    return async () => {
      show();
      const { jobs } = await get("jobs");
      others.textContent = `${jobs.length} ${jobs.length === 1 ? "job runs" : "jobs run"} in the lab.`;
    };
  },
};

function entry(series, i) {
  const last = series.points.at(-1);
  const mark = el("span", { class: "mark" });
  mark.style.background = color(i);
  return el("div", {}, mark, el("b", {}, series.label), " ", chips(series.dimensions), last ? ` ${value(last.v)} at ${clock(last.t)}` : "");
}

function stop() {
  if (!job) return;
  job.abort.abort();
  job.state = "stopped";
}

function start() {
  stop();
  const mine = { abort: new AbortController(), state: "running", problem: "", series: new Map(), events: [] };
  job = mine;
  const begin = minutes === "0" ? "" : `?start=${Date.now() - Number(minutes) * 60000}`;
  stream(`/api/signalflow/execute${begin}`, { programText: program }, mine.abort.signal, (name, data) => take(mine, name, data))
    .then(() => { mine.state = "ended"; })
    .catch((error) => {
      if (mine.abort.signal.aborted) return;
      mine.state = "failed";
      mine.problem = error.message;
    });
}

// take brings what a job tells into what is shown.
function take(to, name, data) {
  if (name === "metadata" && data.properties.sf_type === "MetricTimeSeries") {
    const keys = data.properties.sf_key.filter((key) => key in data.properties && !key.startsWith("sf_") && key !== "computationId");
    to.series.set(data.tsId, {
      label: data.properties.sf_streamLabel ?? data.properties.sf_originatingMetric ?? "",
      dimensions: Object.fromEntries(keys.map((key) => [key, data.properties[key]])),
      points: [],
    });
  }
  if (name === "data") {
    to.state = `running, at ${clock(data.logicalTimestampMs)}`;
    for (const { tsId, value: v } of data.data) {
      const points = to.series.get(tsId)?.points;
      if (points && v !== null) points.push({ t: data.logicalTimestampMs, v });
      if (points?.length > maxPoints) points.shift();
    }
  }
  if (name === "expired-tsid") to.series.delete(data.tsId);
  if (name === "event") to.events = [data, ...to.events].slice(0, maxEvents);
  if (name === "message" && data.message.messageLevel !== "INFO") to.problem = `${data.message.messageCode} ${JSON.stringify(data.message.contents)}`;
  if (name === "error") to.problem = data.message;
  if (name === "control-message" && data.event === "CHANNEL_ABORT") to.problem = data.abortInfo.sf_job_abortReason;
}
