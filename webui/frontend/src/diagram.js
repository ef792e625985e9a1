// Loaded by pages that show a diagram: draws the BPMN file named by data-bpmn-url into its element.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

async function drawDiagram(element) {
  const response = await fetch(element.dataset.bpmnUrl, { credentials: "same-origin" });
  const viewer = new NavigatedViewer({ container: element });
  await viewer.importXML(await response.text());
  viewer.get("canvas").zoom("fit-viewport", "auto");
}

document.querySelectorAll("[data-bpmn-url]").forEach(drawDiagram);
