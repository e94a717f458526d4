// A form is sent once: a second submit is ignored, and the button says so.
// Opt out with data-submit-many. GET forms are left alone.
const GIVE_BACK_AFTER = 15000; // the connection may have been lost: let people try again

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button[data-was]")) {
    button.disabled = false;
    button.textContent = "";
    button.append(...(kept.get(button) ?? []));
    delete button.dataset.was;
  }
}

const kept = new WeakMap();

function hold(form, submitter) {
  for (const button of form.querySelectorAll("button:not([type=button]):not([disabled])")) {
    button.dataset.was = "enabled";
    kept.set(button, [...button.childNodes]);
    button.disabled = true;
  }
  if (submitter?.dataset.was) submitter.textContent = submitter.dataset.busy || "Saving…";
}

export function startSubmitOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "submitMany" in form.dataset) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    // Afterwards, because a disabled button would not send its name and value.
    setTimeout(() => hold(form, event.submitter));
    setTimeout(() => release(form), GIVE_BACK_AFTER);
  });
  // Coming back with the browser's Back button shows the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
  });
}
