// <time datetime data-local>: the title says the reader's time and UTC.
// data-local="text" also replaces the text by the reader's time.
const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" });

function zoneName(at) {
  return zone.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
}

export function startLocalTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-local][datetime]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const here = `${local.format(at)} ${zoneName(at)}`;
    const utc = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    element.title = `${here} (${utc})`;
    if (element.dataset.local === "text") element.textContent = here;
  }
}
