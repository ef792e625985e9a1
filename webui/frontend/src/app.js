// Loaded by staff pages: htmx for what comes in place, keys for the tables, fields that come and go, drafts that survive.
import htmx from "htmx.org";
import { followFields } from "./scripts/fields.js";
import { forgetDrafts, keepDrafts } from "./scripts/drafts.js";
import { listenToKeys } from "./scripts/keys.js";

// The pages' content security policy allows neither eval nor inline styles.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
// Pages are pages: nothing of them is kept for a history of its own.
htmx.config.historyEnabled = false;
// An error page's fragment is shown where the answer would have been.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: true, error: true },
];

function prepare(root) {
  root.querySelectorAll("form[data-draft]").forEach(keepDrafts);
  root.querySelectorAll("form[data-fields-url]").forEach(followFields);
}

document.addEventListener("DOMContentLoaded", () => {
  prepare(document);
  listenToKeys();
  document.querySelector("form[action$='/sign-out']")?.addEventListener("submit", forgetDrafts);
  // What has to be corrected is read first.
  document.querySelector(".task .problems")?.focus();
});
document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target));
