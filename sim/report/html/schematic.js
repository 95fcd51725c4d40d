// The schematic as it was at a time: states and values in the cards, flows between them, losses.
"use strict";
const Schematic = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const FOLLOWS = new Set(["standby", "being copied", "rewinding", "promoting"]);
  const box = document.getElementById("schematic"), layer = document.getElementById("flows");
  const cards = new Map([...box.querySelectorAll(".region")].map((card) => [card.dataset.region, card]));
  const bound = (what) => [...document.querySelectorAll(`[data-${what}]`)];
  const states = bound("state"), values = bound("value"), classes = bound("class"), places = bound("where");

  const resting = values.map((one) => one.textContent);

  // What is there without a script, as on paper.
  function rest() {
    values.forEach((one, i) => { one.textContent = resting[i]; });
  }

  function show(data, t) {
    const now = (key) => Steps.state(data.states[key], t);
    for (const one of states) one.textContent = now(one.dataset.state);
    for (const one of classes) one.dataset.is = now(one.dataset.class);
    for (const one of places) {
      const [key, region] = one.dataset.where.split("=");
      one.hidden = now(key) !== region;
    }
    for (const one of values) one.textContent = told(one, data, t, now);
    draw(flows(data, t, now), losses(data, t));
  }

  function told(one, data, t, now) {
    const series = data.series[one.dataset.value];
    const [key, means] = (one.dataset.unless ?? "=").split("=");
    if (!series || (key && now(key) === means)) return "";
    const text = Steps.written(series.unit, Steps.value(series, data.grids, t));
    return text && one.dataset.after ? `${text} ${one.dataset.after}` : text;
  }

  // Who receives from whom: for each pair of regions its stores and the greatest lag.
  function flows(data, t, now) {
    const found = new Map(), primaries = new Map();
    const roles = Object.keys(data.states).filter((key) => key.startsWith("role/")).map((key) => key.split("/"));
    for (const [, store, region] of roles) {
      if (now(`role/${store}/${region}`) === "primary") primaries.set(store, region);
    }
    for (const [, store, region] of roles) {
      const from = primaries.get(store);
      if (from === undefined || from === region || !FOLLOWS.has(now(`role/${store}/${region}`))) continue;
      const key = `${from}/${region}`, series = data.series[`lag/${store}/${region}`];
      const flow = found.get(key) ?? { from, to: region, stores: [], lag: null };
      const lag = series ? Steps.value(series, data.grids, t) : null;
      flow.stores.push(store);
      flow.lag = lag === null ? flow.lag : Math.max(flow.lag ?? 0, lag);
      flow.state = data.states[`link/${key}`] ? now(`link/${key}`) : "up";
      found.set(key, flow);
    }
    return [...found.values()];
  }

  // What has been lost by now, on each way from one region to another, or in one.
  function losses(data, t) {
    const found = new Map();
    for (const { at, from, to, records, where } of data.losses) {
      if (at > t) continue;
      const key = `${from}/${to}`;
      found.set(key, { from, to, where, records: records + (found.get(key)?.records ?? 0) });
    }
    return [...found.values()];
  }

  function draw(found, lost) {
    const svg = document.createElementNS(SVG, "svg"), labels = [];
    for (const flow of found) {
      const { path, middle } = route(flow.from, flow.to);
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("d", path);
      line.setAttribute("class", "flow");
      line.dataset.is = flow.state;
      svg.append(line);
      labels.push(label(middle, flowWords(flow), "flow-label", flow.state));
    }
    for (const loss of lost) {
      const { middle } = route(loss.from, loss.to);
      labels.push(label([middle[0], middle[1] + 30], lossWords(loss), "loss-label", "lost"));
    }
    layer.replaceChildren(svg, ...labels);
  }

  function lossWords({ records, where }) {
    return `\u2715 ${records.toLocaleString("en-US")} lost ${where}`;
  }

  function flowWords(flow) {
    const what = flow.stores.length === 1 ? flow.stores[0] : `${flow.stores.length} stores`;
    const state = flow.state === "up" ? "" : ` ${flow.state}`;
    return flow.lag === null ? `${what}${state}` : `${what}${state}\n${Steps.duration(flow.lag)} behind`;
  }

  function label([x, y], words, kind, state) {
    const found = document.createElement("span");
    found.className = kind;
    found.dataset.is = state;
    found.style.left = `${x}px`;
    found.style.top = `${y}px`;
    found.textContent = words;
    return found;
  }

  // From card to card: through the gap between neighbours, over the top of what lies between.
  function route(from, to) {
    const a = rect(from), b = rect(to), row = Math.abs(a.y - b.y) < 20;
    const [left, right] = a.x < b.x ? [a, b] : [b, a];
    const between = row && [...cards.keys()].some((name) => {
      const c = rect(name);
      return Math.abs(c.y - a.y) < 20 && c.x > left.x && c.x < right.x;
    });
    if (from === to) return { path: "", middle: [a.x + a.w / 2, a.y + a.h - 30] };
    if (row && !between) {
      const y = left.y + Math.min(left.h, right.h) / 2, x1 = left.x + left.w, x2 = right.x;
      return { path: a === left ? `M${x1} ${y}H${x2}` : `M${x2} ${y}H${x1}`, middle: [(x1 + x2) / 2, y] };
    }
    if (row) {
      const x1 = a.x + a.w / 2, x2 = b.x + b.w / 2, top = Math.min(a.y, b.y);
      return { path: `M${x1} ${top}V${top - 24}H${x2}V${top}`, middle: [(x1 + x2) / 2, top - 24] };
    }
    const x1 = a.x + a.w / 2, y1 = a.y + a.h / 2, x2 = b.x + b.w / 2, y2 = b.y + b.h / 2;
    const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
    return { path: `M${x1} ${y1}L${x2} ${y2}`, middle: [(x1 + x2) / 2, (upper.y + upper.h + lower.y) / 2] };
  }

  function rect(name) {
    const card = cards.get(name);
    return { x: card.offsetLeft, y: card.offsetTop, w: card.offsetWidth, h: card.offsetHeight };
  }

  return { show, rest };
})();
