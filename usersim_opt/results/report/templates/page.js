"use strict";
// Texts reach the page by textContent and cloneNode only; nothing here reads markup.
(() => {
  const at = (id) => document.getElementById(id);
  const make = (tag, kind, text) => {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const theme = at("theme"), root = document.documentElement;
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `${theme.textContent} colours`); };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; nameTheme(); });
  nameTheme();

  // A scenario is opened over the page; without this script its link leads to the same text further down.
  const reader = at("reader"), body = at("reader-body");
  const bodies = [...document.querySelectorAll(".case-body")];
  let shown = -1;
  const read = (index) => {
    shown = (index + bodies.length) % bodies.length;
    at("reader-title").textContent = `Scenario ${bodies[shown].dataset.id}`;
    body.replaceChildren(...[...bodies[shown].childNodes].map((node) => node.cloneNode(true)));
    if (!reader.open) reader.showModal();
    reader.scrollTop = 0;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.id");
    const index = link ? bodies.findIndex((node) => `#${node.id}` === link.getAttribute("href")) : -1;
    if (index >= 0) { event.preventDefault(); read(index); }
    if (event.target === reader) reader.close();
  });
  at("reader-before").addEventListener("click", () => read(shown - 1));
  at("reader-after").addEventListener("click", () => read(shown + 1));
  at("reader-close").addEventListener("click", () => reader.close());

  // The longest common subsequence of two lists as [kind, old index, new index].
  const common = (a, b) => {
    let from = 0;
    while (from < a.length && from < b.length && a[from] === b[from]) from += 1;
    let tail = 0;
    while (tail < a.length - from && tail < b.length - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
    const n = a.length - from - tail, m = b.length - from - tail, steps = [];
    for (let i = 0; i < from; i += 1) steps.push(["same", i, i]);
    if (n * m > 4e6) {
      for (let i = 0; i < n; i += 1) steps.push(["del", from + i, -1]);
      for (let j = 0; j < m; j += 1) steps.push(["ins", -1, from + j]);
    } else {
      const best = Array.from({ length: n + 1 }, () => new Uint32Array(m + 1));
      for (let i = n - 1; i >= 0; i -= 1)
        for (let j = m - 1; j >= 0; j -= 1)
          best[i][j] = a[from + i] === b[from + j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
      let i = 0, j = 0;
      while (i < n || j < m) {
        if (i < n && j < m && a[from + i] === b[from + j]) steps.push(["same", from + i++, from + j++]);
        else if (i < n && (j === m || best[i + 1][j] >= best[i][j + 1])) steps.push(["del", from + i++, -1]);
        else steps.push(["ins", -1, from + j++]);
      }
    }
    for (let k = tail; k > 0; k -= 1) steps.push(["same", a.length - k, b.length - k]);
    return steps;
  };
  const words = (text) => text.match(/(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s])\s*|\s+/gu) || [];
  const byWords = (old, now) => {
    const a = words(old), b = words(now), sides = [[], []];
    let alike = 0;
    const put = (side, kind, text) => {
      const last = side[side.length - 1];
      if (last && last[0] === kind) last[1] += text; else side.push([kind, text]);
    };
    for (const [kind, i, j] of common(a, b)) {
      if (kind === "same") alike += 1;
      if (kind !== "ins") put(sides[0], kind, a[i]);
      if (kind !== "del") put(sides[1], kind, b[j]);
    }
    return 2 * alike >= 0.5 * (a.length + b.length) ? sides : null;
  };
  const diff = (old, now) => {
    const a = old.split("\n"), b = now.split("\n"), rows = [];
    let gone = [], come = [];
    const settle = () => {
      for (let k = 0; k < Math.max(gone.length, come.length); k += 1) {
        const pair = k < gone.length && k < come.length ? byWords(gone[k], come[k]) : null;
        if (pair) rows.push(pair);
        else {
          if (k < gone.length) rows.push([[["del", gone[k]]], null]);
          if (k < come.length) rows.push([null, [["ins", come[k]]]]);
        }
      }
      gone = []; come = [];
    };
    for (const [kind, i, j] of common(a, b)) {
      if (kind === "del") gone.push(a[i]);
      else if (kind === "ins") come.push(b[j]);
      else { settle(); rows.push([[["same", a[i]]], [["same", b[j]]]]); }
    }
    settle();
    return rows;
  };
  const changed = (side) => side !== null && side.some(([kind]) => kind !== "same");
  const cells = (side, sign) => {
    if (side === null) return [make("td", "gutter none"), make("td", "code none")];
    const text = make("td", "code");
    for (const [kind, run] of side) text.append(kind === "same" ? run : make(kind, "", run));
    return [make("td", "gutter", changed(side) ? sign : ""), text];
  };
  const texts = [...document.querySelectorAll("pre[data-version]")];
  const picks = at("picks");
  if (picks && texts.length) {
    const [old, now] = [at("diff-old"), at("diff-new")];
    for (const [select, head] of [[old, at("old-name")], [now, at("new-name")]]) {
      texts.forEach((text, i) => select.append(new Option(text.dataset.version, i)));
      select.value = head.dataset.anchor.replace("version-", "");
    }
    const show = () => {
      const rows = diff(texts[old.value].textContent, texts[now.value].textContent);
      at("old-name").textContent = texts[old.value].dataset.version;
      at("new-name").textContent = texts[now.value].dataset.version;
      at("diff-count").textContent = `${rows.filter(([a]) => changed(a)).length} lines changed or gone, ${rows.filter(([, b]) => changed(b)).length} changed or new`;
      at("diff-lines").replaceChildren(...rows.map(([a, b]) => {
        const row = make("tr", changed(a) || changed(b) ? "changed" : "");
        row.append(...cells(a, "\u2212"), ...cells(b, "+"));
        return row;
      }));
    };
    old.addEventListener("change", show);
    now.addEventListener("change", show);
    picks.hidden = false;
    show();
  }

  // On paper everything is open that was not left out by the style sheet.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((node) => { node.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((node) => { node.open = false; }));

  const links = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.getAttribute("href").slice(1), link]));
  const watch = new IntersectionObserver((seen) => {
    for (const entry of seen) if (links.has(entry.target.id)) links.get(entry.target.id).classList.toggle("here", entry.isIntersecting);
  }, { rootMargin: "-15% 0px -75% 0px" });
  document.querySelectorAll("main > section").forEach((section) => watch.observe(section));
})();
