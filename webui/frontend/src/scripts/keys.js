// Keys of the desk and of lists: j and k walk the rows, Enter opens one, / searches, ? lists the keys.
const PREVIEW = window.matchMedia("(min-width: 1280px)");

function rows() {
  return [...document.querySelectorAll("table[data-keys] tbody tr")];
}

function select(row) {
  const before = document.querySelector("table[data-keys] tr.selected");
  if (!row || row === before) {
    return;
  }
  before?.classList.remove("selected");
  row.classList.add("selected");
  row.querySelector("a").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (PREVIEW.matches && row.hasAttribute("hx-get")) {
    row.dispatchEvent(new Event("preview"));
  }
}

function walk(step) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("selected"));
  select(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  Enter: () => {
    const row = document.querySelector("table[data-keys] tr.selected");
    if (row) {
      window.location.assign(row.dataset.href);
    }
  },
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

function isTyping(target) {
  return target.closest("input, select, textarea, button, summary, dialog, [contenteditable]") !== null;
}

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }
    // Enter on a link of another row follows that link.
    if (event.key === "Enter" && event.target.closest("a") && !event.target.closest("tr.selected")) {
      return;
    }
    event.preventDefault();
    act();
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-keys] tbody tr");
    if (row && !event.target.closest("a, button, form")) {
      select(row);
    }
  });
}
