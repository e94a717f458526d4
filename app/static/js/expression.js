// <div data-live="check" data-live-for="expression" data-live-url="…">: what an expression says, while it is typed.
// Without this file the button "Try it" does the same. Nothing that was typed is ever changed from here.
const WAIT = 250; // after the last key
const SLOW = 300; // before it says that it works
const GIVE_UP = 12000;

function make(tag, words, className = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  if (className) made.className = className;
  return made;
}

function button(words, act) {
  const made = make("button", words, "btn");
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

const many = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

function chips(names, rest = 0) {
  const list = make("p", "", "cluster");
  list.append(...names.map((name) => make("span", name, "chip")));
  if (rest > 0) list.append(make("span", `and ${rest} more`, "muted small"));
  return list;
}

// Where a line and column, both from 1, are in the text; columns count characters, not UTF-16 units.
function offset(text, { line, column }) {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length, text.length);
}

// The line with the mistake, and a caret below it.
function mark(text, { line, column }) {
  const all = [...(text.split("\n")[line - 1] ?? "").replaceAll("\t", " ")];
  const from = Math.max(0, column - 50);
  const shown = (from ? "…" : "") + all.slice(from, column + 30).join("") + (all.length > column + 30 ? "…" : "");
  const made = make("pre", `${shown}\n${" ".repeat(column - 1 - from + (from ? 1 : 0))}`, "live-mark");
  made.append(make("b", "^"));
  made.setAttribute("aria-hidden", "true"); // the sentence above says line and column
  return made;
}

class Live {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.field = this.form.elements[box.dataset.liveFor];
    this.service = box.querySelector("[data-live-service]");
    this.says = box.querySelector("[data-live-says]");
    this.more = box.querySelector("[data-live-more]");
    this.said = "";
    this.more.tabIndex = -1;
    const described = this.field.getAttribute("aria-describedby") ?? "";
    this.field.setAttribute("aria-describedby", `${described} ${this.says.id}`.trim());
    box.hidden = false;
    this.form.addEventListener("input", (event) => { if (event.target === this.field || event.target === this.service) this.soon(); });
    this.form.addEventListener("change", () => this.soon()); // another kind, a restored draft
    window.addEventListener("online", () => this.soon(0));
    this.soon(0);
  }

  get isMeant() {
    const kind = this.box.dataset.live === "check" ? this.form.elements.kind?.value : "facts";
    return kind === "facts" && this.field.value.trim() !== "";
  }

  soon(wait = WAIT) {
    const asked = JSON.stringify([this.field.value, this.service?.value, this.isMeant]);
    if (asked === this.asked && wait) return;
    this.asked = asked;
    clearTimeout(this.timer);
    this.request?.abort();
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask(all = false) {
    if (!this.isMeant) { this.clear(); return; }
    const request = new AbortController();
    this.request = request;
    const slow = setTimeout(() => this.say("Evaluating…"), SLOW);
    const late = setTimeout(() => { request.abort(); this.fail("No answer yet."); }, GIVE_UP);
    try {
      const text = this.field.value;
      const answer = await fetch(this.box.dataset.liveUrl, { method: "POST", body: this.body(all), headers: this.headers(), signal: request.signal });
      if (!answer.ok) { this.refused(answer.status); return; }
      const found = await answer.json();
      if (this.request !== request) return;
      this.show(text, found);
      if (all) this.more.focus(); // the button that was pressed is gone
    } catch (error) {
      if (error.name !== "AbortError") this.fail(navigator.onLine ? "The server does not answer." : "You are offline.");
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
    }
  }

  body(all) {
    const fields = { expression: this.field.value, service: this.service?.value ?? "", selector: this.box.dataset.liveSelector ?? "" };
    return new URLSearchParams(all ? { ...fields, all: "yes" } : fields);
  }

  headers() {
    return { Accept: "application/json", "X-CSRFToken": this.form.elements.csrf_token.value };
  }

  refused(status) {
    if (status === 401 || status === 400) this.fail("Your session has ended: sign in again in another tab.");
    else if (status === 403) this.fail("You may not try expressions.");
    else this.fail("It cannot be evaluated now.");
  }

  fail(words) {
    this.valid(true);
    this.say(`${words} What you type stays here, and is evaluated when you go on.`);
  }

  // Says it once: a screen reader need not hear the same again with every key.
  say(words, result = "") {
    const said = `${result} ${words}`;
    if (said !== this.said) {
      const badge = this.box.querySelector(`template[data-live-badge="${result}"]`)?.content.cloneNode(true);
      this.says.replaceChildren(...(badge ? [badge] : []), make("span", words));
    }
    this.said = said;
    this.more.replaceChildren();
  }

  clear() {
    this.valid(true);
    this.says.replaceChildren();
    this.more.replaceChildren();
    this.said = "";
  }

  valid(isValid) {
    if (isValid) this.field.removeAttribute("aria-invalid");
    else this.field.setAttribute("aria-invalid", "true");
  }

  show(text, found) {
    const isReadable = this.box.dataset.live === "check" ? found.result !== "unreadable" : found.is_readable;
    this.valid(isReadable);
    if (!isReadable) this.showMistake(text, found);
    else if (this.box.dataset.live === "check") this.showCheck(found);
    else this.showReach(found);
  }

  showMistake(text, { message, place }) {
    this.say(message, "error");
    if (!place) return;
    const at = offset(text, place);
    const go = button("Go there", () => { this.field.focus(); this.field.setSelectionRange(at, Math.min(at + 1, text.length)); });
    const row = make("p", "");
    row.append(go);
    this.more.append(mark(text, place), row);
  }

  showCheck(found) {
    if (found.service && !this.service.value) {
      this.service.value = found.service;
      this.asked = JSON.stringify([this.field.value, this.service.value, true]);
    }
    const words = { pass: "follows the rule.", fail: "does not follow the rule." }[found.result];
    const where = found.does_apply === false ? " The practice does not apply to it." : "";
    this.say((words ? `${found.service} ${words}` : found.message) + where, found.result);
    if (found.facts.length) this.more.append(this.facts(found.facts));
    if (found.is_dynamic) this.more.append(make("p", "It may read other facts as well: their keys are computed.", "small muted"));
  }

  facts(list) {
    const made = make("ul", "", "plain-list live-facts");
    made.setAttribute("aria-label", "Facts that it reads");
    for (const each of list) {
      const row = document.createElement("li");
      row.append(make("code", each.key));
      if (each.at) row.append(" is ", make("code", each.value), make("span", ` ${each.age} old${each.source ? `, from ${each.source}` : ""}`, "muted"));
      else row.append(make("span", " is not reported by this service", "text-warn"));
      made.append(row);
    }
    return made;
  }

  showReach(found) {
    const slow = found.looked_at < found.out_of;
    const of = `${found.count} of ${many(found.looked_at, "service")}`;
    this.say(slow ? `This is slow: only ${found.looked_at} of ${found.out_of} were looked at. It applies to ${of}.` : `Applies to ${of}.`);
    if (found.names.length) {
      const rest = found.count - found.names.length;
      this.more.append(chips(found.names, rest));
      if (rest > 0 && found.names.length <= 20) this.more.lastElementChild.append(button(`Show all ${found.count}`, () => this.ask(true)));
    }
    if (!found.failing_count) return;
    const why = found.failing_because ? ` ${found.failing_because}` : "";
    this.more.append(make("p", `It fails on ${many(found.failing_count, "service")}, where it is unknown.${why}`, "text-warn small"));
    this.more.append(chips(found.failing, found.failing_count - found.failing.length));
  }
}

export function startExpressions() {
  for (const box of document.querySelectorAll("[data-live]")) new Live(box);
}
