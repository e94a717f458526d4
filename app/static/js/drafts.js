// <form data-draft="inc-42-review" data-draft-version="7">: what is typed is kept in this browser until the server
// has said that it is saved, so that a lost connection or an expired session loses nothing.
// The server says so by a success message, or by data-draft-clear="key" on any element of the next page.
import { ensureControl } from "./rows.js";

const PREFIX = "ratchet:draft:";
const KEEP_DAYS = 14;
const WAIT = 400;
const who = document.documentElement.dataset.user ?? "";
const place = (key) => `${PREFIX}${who}:${key}`;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, draft) {
  try {
    localStorage.setItem(name, JSON.stringify(draft));
    return true;
  } catch {
    return false; // storage is full or forbidden: typing goes on without a draft
  }
}

function names(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

const drop = (name) => localStorage.removeItem(name);

function controls(form) {
  return [...form.elements].filter(
    (each) => each.name && !each.disabled && !["hidden", "password", "file", "submit", "button"].includes(each.type) && each.matches("input, select, textarea"),
  );
}

function values(form) {
  const found = {};
  for (const each of controls(form)) {
    found[each.name] ??= [];
    if (each.type === "checkbox" || each.type === "radio") {
      if (each.checked) found[each.name].push(each.value);
    } else if (each.multiple && each.options) {
      found[each.name].push(...[...each.selectedOptions].map((option) => option.value));
    } else {
      found[each.name].push(each.value);
    }
  }
  return found;
}

function put(form, saved) {
  for (const name of Object.keys(saved)) if (!form.elements[name]) ensureControl(form, name);
  const rest = structuredClone(saved);
  for (const each of controls(form)) {
    if (!(each.name in saved)) continue;
    if (each.type === "checkbox" || each.type === "radio") each.checked = saved[each.name].includes(each.value);
    else if (each.multiple && each.options) for (const option of each.options) option.selected = saved[each.name].includes(option.value);
    else each.value = rest[each.name].shift() ?? "";
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// An empty control and one that is not on the page are the same: spare rows come and go.
const text = (found) => JSON.stringify(Object.entries(found).filter(([, list]) => list.some((value) => value !== "")).sort(([a], [b]) => (a < b ? -1 : 1)));

function button(label, kind, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn ${kind}`;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function offer(form, name, draft) {
  const note = document.createElement("div");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  const older = draft.version !== (form.dataset.draftVersion ?? "") ? " The page has changed since: compare before you save." : "";
  words.textContent = `This browser kept text that was not saved, from ${new Date(draft.at).toLocaleString()}.${older}`;
  const done = () => {
    note.remove();
    controls(form)[0]?.focus();
  };
  note.append(
    words,
    button("Restore it", "btn-primary", () => { put(form, draft.values); done(); }),
    button("Discard it", "", () => { drop(name); done(); }),
  );
  form.before(note);
}

function watch(form) {
  const name = place(form.dataset.draft);
  const shown = text(values(form));
  const draft = read(name);
  if (draft && text(draft.values) !== shown) offer(form, name, draft);
  let timer;
  const keep = (submitted = false) => {
    clearTimeout(timer);
    const now = values(form);
    if (!submitted && text(now) === shown) return;
    const kept = write(name, { at: Date.now(), version: form.dataset.draftVersion ?? "", submitted, values: now });
    const status = form.querySelector("[data-draft-status]");
    if (status && kept) status.textContent = "Kept in this browser until you save.";
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, WAIT); });
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) keep(true); });
  window.addEventListener("pagehide", () => { if (timer && !form.dataset.sending) keep(); });
}

function tidy() {
  const saved = document.querySelector("[data-flash=success]");
  const cleared = [...document.querySelectorAll("[data-draft-clear]")].map((each) => place(each.dataset.draftClear));
  for (const name of names(PREFIX)) {
    const draft = read(name);
    const old = !draft || Date.now() - draft.at > KEEP_DAYS * 864e5;
    if (old || cleared.includes(name) || (saved && draft.submitted && name.startsWith(place("")))) drop(name);
  }
}

// The sign-in page or an error page came instead of an answer: what was submitted was not saved.
function notSaved() {
  for (const name of names(PREFIX)) {
    const draft = read(name);
    if (draft?.submitted) write(name, { ...draft, submitted: false });
  }
}

export function startDrafts() {
  if ("notSaved" in document.body.dataset) notSaved();
  else tidy();
  document.querySelectorAll("form[data-draft]").forEach(watch);
  // Signing out on purpose leaves nothing behind; an expired session does.
  document.querySelector("[data-sign-out]")?.addEventListener("submit", () => names(place("")).forEach(drop));
}
