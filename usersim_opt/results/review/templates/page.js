"use strict";
// Nothing here reads or writes markup: texts are set as texts, and what is saved is plain data.
(() => {
  const at = (id) => document.getElementById(id);
  const theme = at("theme"), root = document.documentElement, body = document.body;
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `${theme.textContent} colours`); };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; nameTheme(); });
  nameTheme();

  const sheet = JSON.parse(at("sheet").textContent);
  const sections = [...document.querySelectorAll(".entry")];
  const who = at("who"), count = at("count"), place = `usersim-opt worksheet ${body.dataset.sheet}`;
  const fields = ["label", "note", "rewording", "when"];
  let current = 0, unsaved = false;

  // A browser may forbid a page from a file to keep anything: then only a saved file keeps labels.
  const remember = () => {
    const kept = { who: who.value, entries: sheet.entries.map((entry) => fields.map((name) => entry[name])) };
    try { localStorage.setItem(place, JSON.stringify(kept)); } catch { /* nothing is kept */ }
  };
  const recall = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(place));
      if (!kept || kept.entries.length !== sheet.entries.length) return;
      who.value = kept.who || who.value;
      kept.entries.forEach((values, i) => fields.forEach((name, j) => { sheet.entries[i][name] = String(values[j] ?? ""); }));
    } catch { /* nothing was kept */ }
  };

  const field = (i, name) => sections[i].querySelector(`[name="${name}"]`);
  const done = () => sheet.entries.filter((entry) => entry.label).length;
  const say = (words) => { count.textContent = `${done()} of ${sheet.entries.length} labelled. ${words || ""}`; };
  const show = (i) => {
    const entry = sheet.entries[i];
    sections[i].querySelector(".label").textContent = entry.label;
    for (const button of sections[i].querySelectorAll("[data-label]"))
      button.setAttribute("aria-pressed", String(button.dataset.label === entry.label));
    field(i, "note").value = entry.note;
    field(i, "rewording").value = entry.rewording;
    sections[i].querySelector(".rewording").hidden = entry.label !== "wrong";
  };
  const go = (i) => {
    current = Math.max(0, Math.min(sections.length - 1, i));
    sections.forEach((section, j) => section.classList.toggle("current", j === current));
    sections[current].focus({ preventScroll: true });
    sections[current].scrollIntoView({ block: "start" });
  };
  const next = () => {
    const open = sheet.entries.findIndex((entry, i) => i > current && !entry.label);
    go(open < 0 ? current + 1 : open);
  };
  const changed = (i) => { unsaved = true; show(i); say(); remember(); };
  const label = (i, value) => {
    const entry = sheet.entries[i];
    entry.label = value;
    entry.when = value ? new Date().toISOString().slice(0, 19) + "Z" : "";
    if (value !== "wrong") entry.rewording = "";
    changed(i);
  };

  const save = () => {
    sheet.who = who.value.trim();
    const bare = sheet.entries.findIndex((entry) => entry.label === "wrong" && !entry.note.trim());
    if (!sheet.who) { say("Not saved: give your name first."); who.focus(); return; }
    if (bare >= 0) { go(bare); field(bare, "note").focus(); say(`Not saved: ${sheet.entries[bare].id} needs a note that says what is wrong.`); return; }
    const file = new Blob([JSON.stringify(sheet, null, 1) + "\n"], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${body.dataset.name}.labelled.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    unsaved = false;
    say(`Saved as ${link.download}.`);
  };

  const keys = {
    p: () => { label(current, "pass"); next(); },
    f: () => { label(current, "fail"); next(); },
    w: () => { label(current, "wrong"); field(current, "note").focus(); },
    u: () => label(current, ""),
    n: () => field(current, "note").focus(),
    r: () => { if (sheet.entries[current].label === "wrong") field(current, "rewording").focus(); },
    j: () => go(current + 1),
    k: () => go(current - 1),
    ArrowDown: () => go(current + 1),
    ArrowUp: () => go(current - 1),
    v: () => body.classList.toggle("bare"),
    s: save,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input");
    if (field) {
      if (event.key === "Escape" || event.key === "Enter") {
        field.blur();
        event.preventDefault();
        if (event.key === "Enter" && field.name === "note") field.closest("section").querySelector('[name="rewording"]').offsetParent ? keys.r() : next();
        else if (event.key === "Enter" && field.name === "rewording") next();
        else go(current);
      }
      return;
    }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  sections.forEach((section, i) => {
    section.addEventListener("focusin", () => { if (current !== i) { current = i; sections.forEach((other, j) => other.classList.toggle("current", j === i)); } });
    for (const button of section.querySelectorAll("[data-label]"))
      button.addEventListener("click", () => { current = i; label(i, button.dataset.label); });
    for (const name of ["note", "rewording"])
      field(i, name).addEventListener("input", () => { sheet.entries[i][name] = field(i, name).value; unsaved = true; remember(); });
  });
  who.addEventListener("input", remember);
  at("save").addEventListener("click", save);
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  recall();
  sections.forEach((_, i) => show(i));
  at("tools").hidden = false;
  say();
  const open = sheet.entries.findIndex((entry) => !entry.label);
  go(open < 0 ? 0 : open);
})();
