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
  // Words that are searched are marked where the browser can mark without a change of the page.
  const marks = window.Highlight && CSS.highlights ? new Highlight() : null;
  if (marks) CSS.highlights.set("found", marks);
  const markWords = (talk, wanted) => {
    const nodes = document.createTreeWalker(talk, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const text = nodes.currentNode.data.toLowerCase();
      if (text.length !== nodes.currentNode.data.length) continue; // places would not fit
      for (const word of wanted)
        for (let i = text.indexOf(word); i >= 0 && marks.size < 5000; i = text.indexOf(word, i + word.length)) {
          const range = new Range();
          range.setStart(nodes.currentNode, i);
          range.setEnd(nodes.currentNode, i + word.length);
          marks.add(range);
        }
    }
  };
  const words = at("words"), mark = at("mark"), unfold = at("unfold");
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    marks?.clear();
    talks.forEach((talk, i) => {
      const fits = (!mark.value || talk.dataset.marks.split(" ").includes(mark.value)) && wanted.every((word) => texts[i].includes(word));
      talk.hidden = !fits;
      shown += fits;
      if (fits && wanted.length) {
        talk.open = true;
        if (marks) markWords(talk, wanted);
      }
    });
    at("count").textContent = `${shown} of ${talks.length} ${at("count").dataset.counted} shown`;
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
