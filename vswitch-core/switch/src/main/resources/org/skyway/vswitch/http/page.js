import { draw, rate, way } from "/graph.js";

const $ = id => document.getElementById(id);
const history = [];
const MOST_EVENTS = 100;
let chosen = null, state = null, explained = "", touched = false;

function element(name, cls, text) {
  const e = document.createElement(name);
  if (cls) e.className = cls;
  if (text !== undefined) e.textContent = text;
  return e;
}

// Which bridge this page shows, where there are several.
const wanted = new URLSearchParams(location.search).get("bridge");
let listed = "";

function of(name, value) {
  const query = new URLSearchParams();
  if (name) query.set(name, value);
  if (wanted) query.set("bridge", wanted);
  return query.size ? "?" + query : "";
}

function others(all, current) {
  const now = all.join(" ") + " " + current;
  if (now === listed) return;
  listed = now;
  $("bridges").replaceChildren(...(all.length < 2 ? [] : all.map(b => {
    const e = element(b === current ? "strong" : "a", "", b);
    if (b !== current) e.href = "/?" + new URLSearchParams({ bridge: b });
    return e;
  })));
}

function show(s) {
  state = s;
  others(s.bridges || [], s.bridge);
  $("bridge").textContent = `bridge ${s.bridge} · ${s.ports.length} ports · ${s.pollThreads} poll thread${s.pollThreads === 1 ? "" : "s"} · fail mode ${s.failMode} · bypass ${s.bypass ? "on" : "off"}${s.faults ? " · " + s.faults + " faults survived" : ""}`;
  const lit = s.links.filter(l => l.state === "ACTIVE");
  const past = s.ports.reduce((n, p) => n + p.pastPps, 0);
  const through = s.ports.reduce((n, p) => n + Math.max(0, p.rxPps - p.pastPps), 0);
  $("links-lit").textContent = `${lit.length} of ${s.links.length}`;
  $("pps-past").textContent = rate(past);
  $("pps-through").textContent = rate(through);
  $("cpu").textContent = Math.round(100 * s.cpu) + " %";
  history.push(s.cpu);
  if (history.length > 60) history.shift();
  sparkline();
  draw($("graph"), s, chosen, choose);
  table(s);
  const port = s.ports.find(p => p.name === chosen);
  if (port && (touched || port.p2p !== explained)) explain();
}

function sparkline() {
  const top = Math.max(0.2, ...history);
  const points = history.map((v, i) => `${(120 * (60 - history.length + i)) / 59},${31 - 28 * v / top}`);
  const [area, line] = $("cpu-line").children;
  line.setAttribute("points", points.join(" "));
  area.setAttribute("points", [`${(120 * (60 - history.length)) / 59},32`, ...points, "120,32"].join(" "));
}

function table(s) {
  const linkOf = new Map(s.links.map(l => [l.from, l]));
  const body = $("ports"), focused = document.activeElement && body.contains(document.activeElement) ? document.activeElement.dataset.port : null;
  const rows = s.ports.map(p => {
    const link = linkOf.get(p.name), w = way(p, link), row = element("tr");
    const name = element("td"), button = element("button", "", p.name);
    button.type = "button";
    button.dataset.port = p.name;
    button.setAttribute("aria-pressed", p.name === chosen);
    button.addEventListener("click", () => choose(p.name));
    name.append(button);
    row.append(name, element("td", "", link ? link.to : "–"),
      element("td", "way " + w, link ? (w === "lit" ? "past the switch" : link.state.toLowerCase()) : (w === "through" ? "switch" : "idle")),
      element("td", "number", rate(p.rxPps)), element("td", "number", rate(p.rxBps)));
    return row;
  });
  body.replaceChildren(...rows);
  if (focused) [...body.querySelectorAll("button")].find(b => b.dataset.port === focused)?.focus({ preventScroll: true });
}

function choose(name) {
  chosen = name;
  if (state) { draw($("graph"), state, chosen, choose); table(state); }
  explain();
}

async function explain() {
  const name = chosen;
  touched = false;
  explained = state?.ports.find(p => p.name === name)?.p2p ?? "";
  const answer = await fetch("/api/explain" + of("port", name)).catch(() => null);
  const why = answer?.ok ? await answer.json() : null, error = !answer ? "The switch does not answer." : why ? "" : await answer.text();
  if (name !== chosen) return;
  if (why) explained = why.p2p; // newer than the last state, or older than the next: then it is asked for again
  $("why").textContent = why ? why.text : error;
}

$("what-if").addEventListener("submit", async event => {
  event.preventDefault();
  const out = $("changes");
  const answer = await fetch("/api/what-if" + of(), { method: "POST", body: $("rules").value }).catch(() => null);
  if (!answer) { out.replaceChildren(element("p", "error", "The switch does not answer.")); return; }
  if (!answer.ok) { out.replaceChildren(element("p", "error", await answer.text())); return; }
  const changes = await answer.json();
  if (changes.length === 0) { out.replaceChildren(element("p", "", "No link would come or go.")); return; }
  out.replaceChildren(...changes.map(c => {
    const gain = c.after.startsWith("link to") && !c.after.includes("not taken");
    const p = element("p", gain ? "gain" : "loss");
    p.append(element("b", "", c.port), `: ${c.before} → ${c.after}`);
    return p;
  }));
});

function happened(e) {
  touched ||= e.event.startsWith("flow-"); // the verdict may stay and another entry be the reason
  const item = element("li"), time = element("time", "", new Date(e.nanos / 1e6).toLocaleTimeString());
  const words = Object.entries(e).filter(([k, v]) => !["nanos", "event"].includes(k) && v !== null && v !== "").map(([k, v]) => k === "flow" || k === "what" || k === "reason" ? v : `${k} ${v}`);
  item.append(time, element("b", "", e.event), " " + (e.event === "link" ? `${e.from} → ${e.to} ${e.state}: ${e.reason ?? ""}` : words.join(", ")));
  $("events").prepend(item);
  while ($("events").childElementCount > MOST_EVENTS) $("events").lastElementChild.remove();
}

function connect() {
  const source = new EventSource("/api/stream" + of());
  const status = (on, text) => { $("connection").className = on ? "on" : "off"; $("connection").textContent = text; };
  source.addEventListener("open", () => { status(true, "live"); $("events").replaceChildren(); });
  source.addEventListener("state", e => { status(true, "live"); show(JSON.parse(e.data)); });
  source.addEventListener("journal", e => { try { happened(JSON.parse(e.data)); } catch { /* a line that was cut short */ } });
  source.addEventListener("error", () => {
    status(false, "no connection");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

new ResizeObserver(() => { if (state) draw($("graph"), state, chosen, choose); }).observe($("graph"));
connect();
