// What was typed into a task's form survives a reload, a lost session or a closed preview, until one signs out or closes the tab.
const PREFIX = "draft:";
const NOT_KEPT = new Set(["csrf_token", "next"]);

function fill(form, saved) {
  for (const control of form.elements) {
    if (!control.name || NOT_KEPT.has(control.name)) {
      continue;
    }
    const values = saved[control.name] ?? [];
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = values.includes(control.value);
    } else if (control.name in saved) {
      control.value = values[0];
    }
  }
}

function read(form) {
  const saved = {};
  for (const [name, value] of new FormData(form)) {
    if (!NOT_KEPT.has(name)) {
      (saved[name] ??= []).push(value);
    }
  }
  return saved;
}

// Whoever uses the machine next finds nothing of it.
export function forgetDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX)) {
      sessionStorage.removeItem(key);
    }
  }
}

export function keepDrafts(form) {
  const key = PREFIX + form.dataset.draft;
  const refused = form.parentElement.querySelector(".problems") !== null;
  const saved = sessionStorage.getItem(key);
  // A refused form already shows what was sent.
  if (saved !== null && !refused) {
    fill(form, JSON.parse(saved));
    form.dataset.restored = "yes";
  }
  const keep = () => sessionStorage.setItem(key, JSON.stringify(read(form)));
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
}
