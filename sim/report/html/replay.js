// The replay: a slider over the moments that the data knows, play, keys, milestones, stretches of time.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const one = (id) => document.getElementById(id);
  const [slider, clock, now, play, watch] = ["time", "clock", "now", "play", "watch"].map(one);
  const controls = watch.querySelector(".controls"), views = controls.querySelectorAll("[data-view]");
  const PLAY_S = 30; // the whole stretch, played
  const PAGE = 20; // steps
  const TOLD = 3; // milestones before the cursor
  const began = data.faults.length ? data.faults[0][1] : null;
  const happened = data.milestones.map(([at]) => at);
  const stops = [...new Set([0, ...data.grids.flat(), ...happened, data.end])].sort((a, b) => a - b);
  let low = 0, high = data.end, here = 0, playing = null;

  function choose(number) {
    [low, high] = number < 0 ? [0, data.end] : data.views[number];
    for (const button of views) button.setAttribute("aria-pressed", String(Number(button.dataset.view) === number));
    slider.min = Steps.place(stops, low - 1e-9) + 1;
    slider.max = Math.max(Steps.place(stops, high), Number(slider.min));
    View.show(low, high, data);
  }

  // Stand at the last moment that is known and not after t, within the stretch.
  function go(t) {
    stand(Steps.place(stops, t));
  }

  function stand(place) {
    here = Math.min(Math.max(place, Number(slider.min)), Number(slider.max));
    const t = stops[here];
    slider.value = here;
    clock.textContent = Steps.clock(t) + since(t);
    slider.setAttribute("aria-valuetext", clock.textContent + lastly(t));
    now.replaceChildren(...told(t));
    watch.dataset.time = t;
    Schematic.show(data, t);
    View.cursor(t);
  }

  function since(t) {
    if (began === null) return "";
    return t < began ? `, ${Steps.duration(began - t)} before the fault` : `, ${Steps.duration(t - began)} after the fault`;
  }

  function lastly(t) {
    const last = data.milestones[Steps.place(happened, t)];
    return last ? `; ${last[1]}` : "";
  }

  function told(t) {
    const last = Steps.place(happened, t);
    return data.milestones.slice(Math.max(0, last + 1 - TOLD), last + 1).map(([at, what, why]) => {
      const line = document.createElement("span");
      line.textContent = `${Steps.clock(at)} ${what}${why ? `: ${why}` : ""}`;
      line.className = t - at < (high - low) / 50 ? "new" : "";
      return line;
    });
  }

  function milestone(step) {
    const t = stops[here];
    const next = step > 0 ? happened.find((at) => at > t) : happened.findLast((at) => at < t);
    if (next === undefined) return;
    if (next < low || next > high) choose(data.views.findIndex(([from, to]) => from <= next && next <= to));
    go(next);
  }

  function toggle() {
    if (playing) return pause();
    if (here >= Number(slider.max)) stand(Number(slider.min));
    let t = stops[here], before = null;
    const frame = (at) => {
      t += before === null ? 0 : ((at - before) / 1000) * ((high - low) / PLAY_S);
      before = at;
      go(t);
      if (here >= Number(slider.max)) pause();
      else playing = requestAnimationFrame(frame);
    };
    play.textContent = "Pause";
    playing = requestAnimationFrame(frame);
  }

  function pause() {
    cancelAnimationFrame(playing);
    playing = null;
    play.textContent = "Play";
  }

  const KEYS = {
    ArrowRight: () => stand(here + 1),
    ArrowUp: () => stand(here + 1),
    ArrowLeft: () => stand(here - 1),
    ArrowDown: () => stand(here - 1),
    PageUp: () => stand(here + PAGE),
    PageDown: () => stand(here - PAGE),
    Home: () => stand(Number(slider.min)),
    End: () => stand(Number(slider.max)),
    n: () => milestone(1),
    p: () => milestone(-1),
    " ": toggle,
  };
  // Only while the focus is on the replay: elsewhere keys mean what they mean.
  controls.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    event.preventDefault();
    act();
  });
  slider.addEventListener("input", () => stand(Number(slider.value)));
  play.addEventListener("click", toggle);
  one("next").addEventListener("click", () => milestone(1));
  one("previous").addEventListener("click", () => milestone(-1));
  for (const button of views) {
    button.addEventListener("click", () => {
      choose(Number(button.dataset.view));
      stand(here);
    });
  }
  new ResizeObserver(() => stand(here)).observe(one("schematic"));
  addEventListener("beforeprint", () => {
    View.show(0, data.end, data);
    Schematic.rest();
  });
  addEventListener("afterprint", () => {
    View.show(low, high, data);
    stand(here);
  });

  controls.hidden = false;
  document.documentElement.dataset.scripted = "";
  choose(data.first);
  go(data.first < 0 ? 0 : Math.max(low, began));
})();
