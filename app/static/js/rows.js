// <div data-rows="items"> rows… <template> one row, with __index__ in names and ids </template> </div>
// Without JavaScript the server shows spare empty rows instead.
const ROW = "[data-row]";
const lists = (root) => root.querySelectorAll("[data-rows]");

function nextIndex(list) {
  const used = [...list.querySelectorAll(ROW)].map((row) => Number(row.dataset.row));
  return Math.max(-1, ...used.filter(Number.isFinite)) + 1;
}

export function addRow(list) {
  const template = list.querySelector(":scope > template");
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML.replaceAll("__index__", String(nextIndex(list)));
  const row = holder.content.firstElementChild;
  template.before(row);
  dress(row);
  return row;
}

// For restoring drafts: makes rows until a control of that name exists.
export function ensureControl(form, name) {
  const list = [...lists(form)].find((each) => name.startsWith(`${each.dataset.rows}-`));
  if (!list?.querySelector(":scope > template")) return;
  const wanted = Number(name.slice(list.dataset.rows.length + 1).split("-")[0]);
  for (let tries = 0; tries < 200 && nextIndex(list) <= wanted; tries += 1) addRow(list);
}

function firstControl(row) {
  return row?.querySelector("input:not([type=hidden]), select, textarea");
}

function remove(row, list) {
  const beside = row.nextElementSibling?.matches(ROW) ? row.nextElementSibling : row.previousElementSibling;
  const form = row.closest("form");
  row.remove();
  const target = firstControl(beside?.matches(ROW) ? beside : null) ?? list.querySelector("[data-add]");
  target?.focus();
  form?.dispatchEvent(new Event("input", { bubbles: true }));
}

function dress(row) {
  const button = row.querySelector("[data-remove]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => remove(row, row.closest("[data-rows]")));
}

export function startRows(root = document) {
  for (const list of lists(root)) {
    list.querySelectorAll(ROW).forEach(dress);
    if (!list.querySelector(":scope > template")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.dataset.add = "";
    button.textContent = list.dataset.addLabel || "Add another";
    button.addEventListener("click", () => firstControl(addRow(list))?.focus());
    list.append(button);
  }
}
