// Writing a rule: where the cursor is, and putting in what was suggested. Without it a rule is written and sent as any text.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  const area = document.querySelector("textarea[data-rule]");
  if (area && event.detail.elt.id === "rule-suggestions") event.detail.parameters.at = area.selectionStart;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  const area = button && document.querySelector("textarea[data-rule]");
  if (!area) return;
  const text = button.dataset.insert;
  const space = /[(,]$/.test(text) ? "" : " ";
  area.setRangeText(text + space, Number(button.dataset.start), Number(button.dataset.end), "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
