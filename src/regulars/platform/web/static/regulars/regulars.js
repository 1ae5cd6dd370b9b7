// Small helps that HTML has no way to say. Everything works without them.
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.getElementById("search");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    close_menu();
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest(".search")) {
    const links = [...document.querySelectorAll("#search, #found a")];
    const next = links[links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }
});

function close_menu() {
  document.querySelectorAll("[data-toggle][aria-expanded=true]").forEach((button) => button.setAttribute("aria-expanded", "false"));
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    toggle.setAttribute("aria-expanded", toggle.getAttribute("aria-expanded") === "true" ? "false" : "true");
  } else if (!event.target.closest("#menu")) {
    close_menu();
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
  if (event.target.closest("[data-print]")) window.print();
});

// Choosers send themselves; without script their button does.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// What a form sent without leaving its page may be refused: the answer is a page that says why, and its words are shown here.
// What only asks says nothing: it asks again by itself.
const refusal = document.createElement("div");
refusal.className = "messages late";
refusal.setAttribute("role", "alert");
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") refusal.remove();
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.requestConfig.verb === "get") return;
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const said = [...answer.querySelectorAll("#main h1, #main h1 + p")].map((part) => part.textContent.trim());
  if (!said.length) return;
  const [message, title] = [document.createElement("p"), document.createElement("strong")];
  message.className = "message error";
  title.textContent = said[0];
  message.append(title, document.createElement("br"), said.slice(1).join(" "));
  refusal.replaceChildren(message);
  document.getElementById("main").prepend(refusal);
});

// A mark in a chart says its sentence when it is hovered or focused.
const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.addEventListener("DOMContentLoaded", () => document.body.append(tip));
function show(event) {
  const said = event.target.closest("[data-says]");
  tip.hidden = !said;
  if (!said) return;
  tip.textContent = said.dataset.says;
  const box = said.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), document.documentElement.clientWidth - tip.offsetWidth - 8);
  const top = box.top - tip.offsetHeight - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${top > 0 ? top : box.bottom + 6}px`;
}
document.addEventListener("pointerover", show);
document.addEventListener("focusin", show);
