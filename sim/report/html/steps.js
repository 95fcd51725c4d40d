// What holds at a time, and how it is written. Times in seconds since the start of the run.
"use strict";
const Steps = (() => {
  // The place of the last of the rising times that is not after t; -1 if all are.
  function place(times, t) {
    let low = 0, high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // The state of a step function: [[since, state], ...], the first at 0.
  function state(steps, t) {
    let found = steps[0][1];
    for (const [since, now] of steps) {
      if (since > t) break;
      found = now;
    }
    return found;
  }

  function value(series, grids, t) {
    const at = place(grids[series.grid], t);
    return at < 0 ? null : series.values[at];
  }

  // As sim/report/quantities.py writes them.
  function duration(s) {
    if (s < 0) return `-${duration(-s)}`;
    if (s === 0) return "0 s";
    if (s < 0.9995e-3) return `${digits(s * 1e6)} us`;
    if (s < 0.9995) return `${digits(s * 1e3)} ms`;
    if (s < 59.95) return `${s.toFixed(1)} s`;
    const whole = Math.round(s), minutes = Math.floor(whole / 60), rest = pad(whole % 60);
    if (minutes < 60) return `${minutes}m ${rest}s`;
    return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m ${rest}s`;
  }

  function clock(s) {
    const tenths = Math.floor(s * 10 + 0.5 + 1e-6), seconds = Math.floor(tenths / 10);
    return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${tenths % 10}`;
  }

  function written(unit, number) {
    if (number === null || number === undefined) return "";
    if (unit === "s") return duration(number);
    if (unit === "share") return `${(number * 100).toFixed(number < 1 ? 1 : 0)} %`;
    if (unit === "1/s") return `${number.toLocaleString("en-US", { maximumFractionDigits: 1 })}/s`;
    return `${number.toLocaleString("en-US")} ${unit}`;
  }

  function digits(number) {
    return String(Number(number.toPrecision(3)));
  }

  function pad(number) {
    return String(number).padStart(2, "0");
  }

  return { place, state, value, duration, clock, written };
})();
