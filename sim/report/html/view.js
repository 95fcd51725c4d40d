// The charts show a stretch of time, and a cursor stands in all of them at the same time.
"use strict";
const View = (() => {
  const BOX = 1000;
  const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800];
  const TICKS = 8;
  const plots = [...document.querySelectorAll("#watch .plot")];
  const fixed = [...document.querySelectorAll("#recovery .lanes")];
  const drawings = new Map();

  function drawingsOf(plot) {
    if (!drawings.has(plot)) {
      const found = [...plot.querySelectorAll(".drawing")].map((drawing) => {
        const cursor = document.createElement("div");
        cursor.className = "cursor";
        drawing.append(cursor);
        return { svg: drawing.querySelector("svg"), names: [...drawing.querySelectorAll(".window-name")], cursor };
      });
      drawings.set(plot, found);
    }
    return drawings.get(plot);
  }

  // Show [low, high] of a run that lasts to end; faults: [name, from, to or null].
  function show(low, high, end, faults) {
    for (const plot of plots) {
      const left = (low / end) * BOX, width = Math.max(((high - low) / end) * BOX, 1e-6);
      for (const { svg, names } of drawingsOf(plot)) {
        svg.setAttribute("viewBox", `${left} 0 ${width} ${BOX}`);
        names.forEach((name, i) => placeName(name, faults[i], low, high, end));
      }
      ticks(plot.querySelector(".ticks-x"), low, high);
      plot.dataset.low = low;
      plot.dataset.high = high;
    }
  }

  function placeName(name, fault, low, high, end) {
    const [, from, to] = fault;
    name.hidden = from >= high || (to ?? end) <= low;
    const share = Math.max(0, (from - low) / (high - low));
    name.style.left = `${share * 100}%`;
    name.style.maxWidth = `${(1 - share) * 100}%`;
  }

  function ticks(box, low, high) {
    const step = STEPS.find((one) => (high - low) / one <= TICKS) ?? STEPS.at(-1);
    const labels = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; i++) {
      const label = document.createElement("span"), share = (i * step - low) / (high - low);
      label.textContent = length(i * step);
      label.style.left = `${share * 100}%`;
      label.className = [share < 0.03 ? "first" : share > 0.97 ? "last" : "", i % 2 ? "odd" : ""].join(" ").trim();
      labels.push(label);
    }
    box.replaceChildren(...labels);
  }

  // As sim/report/html/axis.py writes round lengths of time.
  function length(s) {
    const tenths = Math.round(s * 10);
    if (tenths < 600 || tenths % 10) return `${tenths / 10} s`;
    const whole = tenths / 10;
    const parts = [[Math.floor(whole / 3600), "h"], [Math.floor(whole / 60) % 60, "m"], [whole % 60, "s"]];
    return parts.filter(([number]) => number).map(([number, unit]) => number + unit).join(" ");
  }

  function cursor(t) {
    for (const plot of plots) place(plot, t, Number(plot.dataset.low), Number(plot.dataset.high));
    for (const lanes of fixed) place(lanes, t, Number(lanes.dataset.xLow), Number(lanes.dataset.xHigh));
  }

  function place(plot, t, low, high) {
    for (const { cursor } of drawingsOf(plot)) {
      cursor.hidden = t < low || t > high;
      cursor.style.left = `${((t - low) / (high - low)) * 100}%`;
    }
  }

  return { show, cursor };
})();
