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
function told(name, title, text) {
  const [place, message, strong] = ["div", "p", "strong"].map((tag) => document.createElement(tag));
  place.className = `messages ${name}`;
  place.setAttribute("role", "alert");
  message.className = "message error";
  strong.textContent = title;
  message.append(strong, document.createElement("br"), text);
  place.append(message);
  return place;
}
const main = () => document.getElementById("main");
let refusal = null;
function refused(title, text) {
  refusal?.remove();
  main().prepend(refusal = told("late", title, text));
}

// What only asks (how many a rule finds, how far a job is) shows in its place that it was not answered, until it is.
const stale = new Map();
// `data-asks` marks what asks with a form's words, so that these are in no address; "quiet": it is no loss if it says nothing.
const asks = (detail) => detail.requestConfig.verb === "get" || detail.elt.matches("[data-asks]");
function unanswered(detail, title) {
  const path = detail.pathInfo.requestPath.split("?")[0];
  if (stale.get(path)?.isConnected || detail.elt.dataset?.asks === "quiet") return;
  const swap = detail.elt.closest("[hx-swap]")?.getAttribute("hx-swap") ?? "innerHTML";
  const message = told("stale", title, document.body.dataset.stale);
  stale.set(path, message);
  if (detail.target === main()) main().prepend(message);
  else if (swap === "innerHTML") detail.target.replaceChildren(message);
  else if (detail.target.matches("li")) detail.target.append(message);
  else detail.target.after(message);
}
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!asks(event.detail)) refusal?.remove();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) stale.get(event.detail.pathInfo.requestPath.split("?")[0])?.remove();
});
document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const said = [...answer.querySelectorAll("#main h1, #main h1 + p")].map((part) => part.textContent.trim());
  if (asks(event.detail)) unanswered(event.detail, said[0] ?? document.body.dataset.broken);
  else refused(said[0] ?? document.body.dataset.broken, said.slice(1).join(" "));
});
for (const fault of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(fault, (event) => {
    if (asks(event.detail)) unanswered(event.detail, document.body.dataset.away);
    else refused(document.body.dataset.away, document.body.dataset.unsure);
  });
}

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
