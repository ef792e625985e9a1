// Loaded by pages that show a diagram: draws the sheets of a case, marks the way walked and where it stands, and lets one choose.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const READABLE = 0.65;
const names = (text) => text.split(" ").filter(Boolean);
const viewers = new Map();

function fit(viewer, sheet) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const current = names(sheet.dataset.current).find((id) => viewer.get("elementRegistry").get(id));
  // A wide drawing in a narrow column would be too small to read: show the place that matters instead.
  if (current && canvas.zoom() < READABLE) {
    canvas.zoom(READABLE);
    canvas.scrollToElement(current, { top: 90, bottom: 90, left: 130, right: 130 });
  }
}

function mark(viewer, sheet) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [attribute, marker] of [["passed", "passed"], ["current", "current"]]) {
    for (const id of names(sheet.dataset[attribute])) {
      if (registry.get(id)) {
        canvas.addMarker(id, marker);
      }
    }
  }
}

async function draw(sheet) {
  if (sheet.dataset.drawn) {
    return;
  }
  sheet.dataset.drawn = "yes";
  const response = await fetch(sheet.dataset.bpmnUrl, { credentials: "same-origin" });
  const viewer = new NavigatedViewer({ container: sheet });
  viewers.set(sheet, viewer);
  await viewer.importXML(await response.text());
  mark(viewer, sheet);
  fit(viewer, sheet);
}

function choose(tabs, tab) {
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute("aria-selected", String(chosen));
    each.tabIndex = chosen ? 0 : -1;
    document.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
  }
  draw(document.getElementById(tab.getAttribute("aria-controls")));
}

function prepare(sheets) {
  const tabs = [...sheets.querySelectorAll("[role='tab']")];
  sheets.hidden = false;
  for (const [place, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tabs, tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        const next = tabs[(place + step + tabs.length) % tabs.length];
        choose(tabs, next);
        next.focus();
      }
    });
  }
  sheets.querySelector("[data-enlarge]").addEventListener("click", () => sheets.requestFullscreen());
  sheets.addEventListener("fullscreenchange", () => {
    for (const [sheet, viewer] of viewers) {
      viewer.get("canvas").resized();
      fit(viewer, sheet);
    }
  });
  if (tabs.length > 0) {
    choose(tabs, tabs[0]);
  }
}

document.querySelectorAll("[data-sheets]").forEach(prepare);
