// <button data-copy="id of a field" hidden>: copies it, and says so. Without this file the text is selected by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const says = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    says.textContent = "";
    field.select();
    try {
      await navigator.clipboard.writeText(field.value); // only where the page came by https or from this machine
      says.textContent = "Copied.";
    } catch {
      says.textContent = document.execCommand("copy") ? "Copied." : "Selected: copy it with Ctrl+C or ⌘C.";
    }
  });
}
