// Keys for lists of cases: j and k go from row to row, Enter opens, / looks for a case, ? shows the keys. Single keys
// can be turned off (WCAG 2.1.4), on this device; nothing else depends on them.
const OFF = "single-keys-off";
const dialog = document.querySelector("dialog#keys");

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is denied: the keys are on
  }
}

function keep(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // then it holds as long as this page
  }
}

let off = kept(OFF) === "yes";
for (const box of document.querySelectorAll("[data-switch]")) {
  const input = box.querySelector("input");
  input.checked = !off;
  input.addEventListener("change", () => {
    off = !input.checked;
    keep(OFF, off ? "yes" : "");
  });
  box.hidden = false;
}

function show() {
  if (dialog && !dialog.open) dialog.showModal();
}

for (const link of document.querySelectorAll("a[data-keys]")) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });
}

function go(step) {
  const links = [...document.querySelectorAll("tr.row .at-case > a")];
  const row = document.activeElement?.closest("tr.row");
  const here = row ? links.findIndex((link) => row.contains(link)) : -1;
  const at = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[Math.max(0, Math.min(links.length - 1, at))]?.focus();
}

function typing(element) {
  return element?.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (off || dialog?.open || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) return;
  const does = { j: () => go(1), k: () => go(-1), "/": () => document.querySelector("#number")?.focus(), "?": show };
  if (!Object.hasOwn(does, event.key)) return;
  event.preventDefault();
  does[event.key]();
});
