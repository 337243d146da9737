"use strict";
// Nothing here reads or writes markup: texts are compared, and elements shown or hidden.
(() => {
  const at = (id) => document.getElementById(id);
  const theme = at("theme"), root = document.documentElement;
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `${theme.textContent} colours`); };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; nameTheme(); });
  nameTheme();

  const talks = [...document.querySelectorAll("#talks > details")];
  const texts = talks.map((talk) => talk.textContent.toLowerCase());
  const words = at("words"), mark = at("mark"), unfold = at("unfold");
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    talks.forEach((talk, i) => {
      const fits = (!mark.value || talk.dataset.marks.split(" ").includes(mark.value)) && wanted.every((word) => texts[i].includes(word));
      talk.hidden = !fits;
      shown += fits;
    });
    at("count").textContent = `${shown} of ${talks.length} shown`;
  };
  words.addEventListener("input", show);
  mark.addEventListener("change", show);
  unfold.addEventListener("click", () => {
    const open = unfold.textContent === "Open all";
    talks.forEach((talk) => { talk.open = open; });
    unfold.textContent = open ? "Close all" : "Open all";
  });
  at("picks").hidden = false;
  show();
})();
