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

  // Show [low, high] of a run: its end, its faults as [name, from, to or null], its series and their times.
  function show(low, high, { end, faults, series, grids }) {
    for (const plot of plots) {
      const right = (t) => ((t - low) / (high - low)) * BOX;
      for (const { svg, names } of drawingsOf(plot)) {
        svg.querySelectorAll(".window").forEach((window, i) => {
          const [, from, to] = faults[i], left = Math.max(0, right(from));
          window.setAttribute("x", left);
          window.setAttribute("width", Math.max(0, Math.min(BOX, right(to ?? end)) - left));
        });
        svg.querySelector(".grid").setAttribute("d", grid(plot, low, high));
        names.forEach((name, i) => placeName(name, faults[i], low, high, end));
        lines(plot, svg, low, high, series, grids);
      }
      ticks(plot.querySelector(".ticks-x"), low, high);
      plot.dataset.low = low;
      plot.dataset.high = high;
    }
  }

  // Each line is that of the legend's entry at its place.
  function lines(plot, svg, low, high, series, grids) {
    const keys = [...plot.parentElement.querySelectorAll(".legend [data-value]")].map((one) => one.dataset.value);
    const drawn = svg.querySelectorAll(".line"), down = upright(plot);
    keys.filter((key) => series[key].values.some((value) => value !== null)).forEach((key, i) => {
      drawn[i].setAttribute("d", path(series[key].values, grids[series[key].grid], low, high, down));
    });
  }

  function path(values, times, low, high, down) {
    const first = Math.max(0, Steps.place(times, low)), last = Math.min(times.length - 1, Steps.place(times, high) + 1);
    let found = "", pen = "M";
    for (let i = first; i <= last; i++) {
      if (values[i] === null) pen = "M";
      else {
        found += `${pen}${(((times[i] - low) / (high - low)) * BOX).toFixed(2)} ${down(values[i]).toFixed(1)}`;
        pen = "L";
      }
    }
    return found;
  }

  // Where a value lies on the axis of a plot, from the top; as sim/report/html/axis.py has it.
  function upright(plot) {
    const { yLow, yHigh, yLinearTo } = plot.dataset;
    const bent = (value) => (yLinearTo === undefined ? value : Math.asinh(value / Number(yLinearTo)));
    const [bottom, top] = [bent(Number(yLow)), bent(Number(yHigh))];
    return (value) => (1 - Math.min(1, Math.max(0, (bent(value) - bottom) / (top - bottom)))) * BOX;
  }

  function grid(plot, low, high) {
    const across = [...plot.querySelectorAll(".ticks-y span")].map((tick) => {
      const y = BOX - parseFloat(tick.style.bottom) * (BOX / 100);
      return `M0 ${y}H${BOX}`;
    });
    const { step, first } = stepOf(low, high), upright = [];
    for (let i = first; i * step <= high + 1e-9; i++) upright.push(`M${((i * step - low) / (high - low)) * BOX} 0V${BOX}`);
    return [...across, ...upright].join("");
  }

  function stepOf(low, high) {
    const step = STEPS.find((one) => (high - low) / one <= TICKS) ?? STEPS.at(-1);
    return { step, first: Math.ceil(low / step - 1e-9) };
  }

  function placeName(name, fault, low, high, end) {
    const [, from, to] = fault;
    name.hidden = from >= high || (to ?? end) <= low;
    const share = Math.max(0, (from - low) / (high - low));
    name.style.left = `${share * 100}%`;
    name.style.maxWidth = `${(1 - share) * 100}%`;
  }

  function ticks(box, low, high) {
    const { step, first } = stepOf(low, high), labels = [];
    for (let i = first; i * step <= high + 1e-9; i++) {
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
