// What every page does with a script: its colours can be chosen, and folded parts are unfolded on paper.
"use strict";
(() => {
  const root = document.documentElement;
  const themes = document.querySelector(".themes");

  function choose(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of themes.children) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === theme));
    }
  }
  themes.hidden = false;
  themes.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.dataset.theme);
  });

  // A table that scrolls must be reached by the keyboard; one that does not would only be in the way.
  function mark() {
    for (const box of document.querySelectorAll(".scroll")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  new ResizeObserver(mark).observe(document.body);
  mark();

  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });
})();
