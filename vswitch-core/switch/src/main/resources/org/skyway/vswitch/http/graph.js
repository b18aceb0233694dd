// Draws the chain: VNFs with their ports in the order in which packets pass them, the switch beside them, and each port's way to where
// its packets go: straight to the other port if they go past the switch, else by the switch. On a narrow page it runs downwards.

const NS = "http://www.w3.org/2000/svg";

export function rate(perSecond) {
  const units = ["", " k", " M", " G"];
  let n = perSecond, unit = 0;
  while (n >= 999.5 && unit < units.length - 1) { n /= 1000; unit++; }
  return (unit === 0 ? Math.round(n).toString() : n.toPrecision(3)) + units[unit];
}

// What a port's traffic does: lit, through or none.
export function way(port, link) {
  if (link && link.state === "ACTIVE") return "lit";
  return port.rxPps >= 1 ? "through" : "none";
}

function node(parent, name, attributes, text) {
  const n = document.createElementNS(NS, name);
  for (const [k, v] of Object.entries(attributes)) n.setAttribute(k, v);
  if (text !== undefined) n.textContent = text;
  parent.appendChild(n);
  return n;
}

// Boxes: the ports of one process together, others alone; ordered so that links run forwards as far as they can.
function boxes(ports, links) {
  const byKey = new Map();
  for (const port of ports) {
    const key = port.pid > 0 ? "pid " + port.pid : "port " + port.name;
    if (!byKey.has(key)) byKey.set(key, { key, title: port.vnf || (port.type === "netdev" ? "interface" : "no VNF"), ports: [] });
    byKey.get(key).ports.push(port);
  }
  const all = [...byKey.values()];
  const at = new Map();
  all.forEach(b => b.ports.forEach(p => at.set(p.name, b)));
  const next = new Map(all.map(b => [b, new Set()]));
  for (const l of links) {
    const a = at.get(l.from), b = at.get(l.to);
    if (a && b && a !== b) { next.get(a).add(b); next.get(b).add(a); }
  }
  const order = [], seen = new Set();
  const first = b => Math.min(...b.ports.map(p => p.number));
  const visit = b => {
    if (seen.has(b)) return;
    seen.add(b);
    order.push(b);
    [...next.get(b)].sort((x, y) => first(x) - first(y)).forEach(visit);
  };
  // Ends of chains come first.
  [...all].sort((a, b) => (next.get(a).size === 1 ? 0 : 1) - (next.get(b).size === 1 ? 0 : 1) || first(a) - first(b)).forEach(visit);
  return order;
}

export function draw(parent, state, chosen, onChoose) {
  const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.port : undefined;
  const down = parent.clientWidth < 620;
  const order = boxes(state.ports, state.links);
  const linkOf = new Map(state.links.map(l => [l.from, l]));
  const gap = down ? 112 : 170;
  const size = b => Math.max(1, b.ports.length) * 74 + 26;
  let length = 18;
  const positions = new Map();
  const placed = [];
  for (const b of order) {
    const extent = size(b);
    placed.push({ b, at: length, extent });
    b.ports.forEach((p, i) => positions.set(p.name, length + 13 + 74 * i + 37));
    length += extent + gap;
  }
  length = Math.max(length - gap + 18, 260);
  const depth = 330;
  // t runs along the chain, c across it.
  const pt = (t, c) => down ? [depth - c + 24, t] : [t, c];
  const svg = document.createElementNS(NS, "svg");
  const width = down ? depth + 40 : length, height = down ? length : depth;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "chain of " + order.length + " network functions");
  svg.style.maxWidth = (down ? 460 : Math.round(width * 1.2)) + "px";
  svg.classList.add(down ? "down" : "across");

  const boxAt = 118, boxDepth = down ? 92 : 74, portAt = boxAt + boxDepth, switchAt = down ? 276 : 276, switchDepth = 40;
  const rect = (t, c, dt, dc, cls) => {
    const [x1, y1] = pt(t, c), [x2, y2] = pt(t + dt, c + dc);
    return node(svg, "rect", { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1), rx: 9, class: cls });
  };
  const path = (points) => points.map((p, i) => {
    if (Array.isArray(p[0])) return "C" + p.map(q => pt(...q).join(" ")).join(" ");
    return (i === 0 ? "M" : "L") + pt(...p).join(" ");
  }).join(" ");

  const defs = node(svg, "defs", {});
  for (const kind of ["lit", "none"]) {
    const marker = node(defs, "marker", { id: "arrow-" + kind, viewBox: "0 0 10 10", refX: 7, refY: 5, markerWidth: 11, markerHeight: 11, markerUnits: "userSpaceOnUse", orient: "auto" });
    node(marker, "path", { d: "M0 0L10 5L0 10z", class: "arrow " + kind });
  }
  rect(14, switchAt, length - 28, switchDepth, "switch");
  const [sx, sy] = pt(length / 2, switchAt + switchDepth / 2);
  const name = node(svg, "text", { x: sx, y: sy + 5, class: "label" }, "switch " + (state.bridge || "") + " · " + Math.round(100 * state.cpu) + " %");
  if (down) name.setAttribute("transform", `rotate(-90 ${sx} ${sy})`);

  for (const { b, at, extent } of placed) {
    rect(at, boxAt, extent, boxDepth, "vnf");
    const [x, y] = pt(at + extent / 2, boxAt + (down ? boxDepth / 2 : 26));
    node(svg, "text", { x, y: down ? at + 16 : y, class: "label" }, b.title);
  }
  const labels = [];
  for (const p of state.ports) {
    const t = positions.get(p.name), link = linkOf.get(p.name), w = way(p, link);
    const to = link ? positions.get(link.to) : undefined;
    const through = Math.max(0, p.rxPps - p.pastPps);
    const stem = w === "through" ? "through" : "none";
    node(svg, "path", { d: path([[t, portAt], [t, switchAt]]), class: "edge " + stem + (stem === "through" ? " moving" : ""), "data-stem": p.name });
    if (stem === "through") labels.push([pt(t, (portAt + switchAt) / 2), [rate(through) + "pps"], "through"]);
    if (to === undefined) continue;
    // The two directions between two ports keep apart: one as an outer arc, one as an inner.
    const ahead = to > t, lift = ahead ? 108 : 46, aside = ahead ? -9 : 9;
    const a = t + (ahead ? -aside - 18 : -aside + 18), z = to + (ahead ? 9 : -9);
    const d = path([[a, boxAt], [[a + (z - a) * .16, boxAt - lift], [z - (z - a) * .16, boxAt - lift], [z, boxAt - 3]]]);
    node(svg, "path", { d, class: "halo " + w });
    const edge = node(svg, "path", { d, class: "edge " + (w === "lit" ? "lit" + (p.rxPps >= 1 ? " moving" : "") : "none"), "data-from": p.name, "data-to": link.to, "data-state": link.state, "marker-end": `url(#arrow-${w === "lit" ? "lit" : "none"})` });
    node(edge, "title", {}, `${p.name} to ${link.to}: ${link.state}`);
    const words = w === "lit" ? [rate(p.rxPps) + "pps", rate(p.rxBps) + "B/s"] : [link.state.toLowerCase()];
    labels.push([pt((t + to) / 2 + (down ? (ahead ? -20 : 20) : 0), boxAt - lift * .75 - (down ? (ahead ? -4 : 16) : ahead ? 12 : -16)), down ? words : [words.join(" · ")], w === "lit" ? "lit" : "none"]);
  }
  for (const p of state.ports) {
    const t = positions.get(p.name);
    const [x, y] = pt(t, portAt);
    const g = node(svg, "g", { class: "port" + (p.up ? " up" : "") + (p.name === chosen ? " chosen" : ""), tabindex: 0, role: "button", "data-port": p.name, "aria-label": `port ${p.name}, ${p.up ? "up" : "down"}: ${p.p2p}` });
    node(g, "circle", { cx: x, cy: y, r: 22, class: "hit", opacity: 0 });
    node(g, "circle", { cx: x, cy: y, r: 7 });
    const [lx, ly] = pt(t, portAt - 26);
    node(g, "text", { x: down ? lx + 8 : lx, y: ly + 8, class: "small" }, p.name);
    g.addEventListener("click", () => onChoose(p.name));
    g.addEventListener("keydown", e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); onChoose(p.name); } });
  }
  for (const [[x, y], lines, cls] of labels) {
    const label = node(svg, "text", { y: y + 4 - 7 * (lines.length - 1), class: "rate " + cls });
    lines.forEach((line, i) => node(label, "tspan", { x: Math.min(width - 34, x), dy: i === 0 ? 0 : 15 }, line));
  }
  parent.replaceChildren(svg);
  if (focused) {
    const again = [...svg.querySelectorAll(".port")].find(g => g.dataset.port === focused);
    if (again) again.focus({ preventScroll: true });
  }
}
