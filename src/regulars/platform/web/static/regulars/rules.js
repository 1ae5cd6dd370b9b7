// Writing a rule: where the cursor is, and putting in what was suggested. Without it a rule is written and sent as any text.
"use strict";

function place(area) {
  const field = area.form && area.form.elements.namedItem("at");
  if (field) field.value = area.selectionStart;
}
for (const kind of ["input", "click", "keyup"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.matches("textarea[data-rule]")) place(event.target);
  }, true);
}
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
