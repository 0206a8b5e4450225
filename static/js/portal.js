// What the pages do in the browser. Every page works without this file; it only makes things smoother.
// Hooks are data-kvk2-* attributes, so that a template shows what happens to it.

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

// --- where the user should be looking
one("[data-kvk2-autofocus]")?.focus();

on("click", ".lw-form-summary-error a", (link, event) => {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  (target.closest("fieldset, .utrecht-form-field, tr") ?? target).scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
});

// --- menus
on("click", ".lw-nav-toggle", (button) => {
  button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = one('.lw-nav-toggle[aria-expanded="true"]');
  if (open) {
    open.setAttribute("aria-expanded", "false");
    open.focus();
  }
  const menu = one("[data-kvk2-menu][open]");
  if (menu) {
    menu.open = false;
    one("summary", menu).focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of all("[data-kvk2-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
on("click", "[data-kvk2-print]", () => window.print());
on("click", "[data-kvk2-copy]", async (button) => {
  await navigator.clipboard.writeText(one(button.dataset.kvk2Copy).innerText.trim());
  announce("Gekopieerd.");
});

function announce(text) {
  const region = document.getElementById("meldingen");
  if (region) region.textContent = text;
}

// --- characters left: say it while typing, read it out after a pause
const pauses = new Map();
function countCharacters(counter, typing = false) {
  const field = document.getElementById(counter.dataset.kvk2Count);
  if (!field) return;
  const left = Number(counter.dataset.kvk2Max) - field.value.length;
  const size = Math.abs(left);
  const words = `${size.toLocaleString("nl-NL")} ${size === 1 ? "teken" : "tekens"}`;
  counter.textContent = left >= 0 ? `U hebt nog ${words}.` : `U hebt ${words} te veel.`;
  counter.classList.toggle("lw-char-count--over", left < 0);
  if (!typing) return;
  clearTimeout(pauses.get(counter));
  pauses.set(counter, setTimeout(() => {
    one(`[data-kvk2-count-status="${field.id}"]`).textContent = counter.textContent;
  }, 1000));
}
all("[data-kvk2-count]").forEach((counter) => countCharacters(counter));
document.addEventListener("input", (event) => {
  const counter = one(`[data-kvk2-count="${CSS.escape(event.target.id)}"]`);
  if (counter) countCharacters(counter, true);
});

// --- files: which are chosen, and a place to drop them
on("change", "[data-kvk2-file-drop] input", (input) => {
  const names = [...input.files].map((file) => `${file.name} (${Math.ceil(file.size / 1000)} kB)`);
  one("[data-kvk2-file-names]", input.closest("[data-kvk2-file-drop]")).textContent =
    names.length ? `Gekozen: ${names.join(", ")}` : "";
});
const drop = (type, act) => on(type, "[data-kvk2-file-drop]", (zone, event) => {
  zone.classList.toggle("lw-file-input--drag", type === "dragover");
  act?.(zone, event);
});
drop("dragover", (zone, event) => event.preventDefault());
drop("dragleave");
drop("drop", (zone, event) => {
  event.preventDefault();
  const input = one("input", zone);
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// how far a form with files is on its way to the server
document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const place = one("[data-kvk2-uploading]", target);
  if (!place) return;
  place.hidden = false;
  one("progress", place).value = (100 * detail.loaded) / (detail.total || 1);
});

// --- rows of a table that is a formset
const euros = new Intl.NumberFormat("nl-NL", { style: "currency", currency: "EUR" });
function amount(text) {
  const plain = text.replace(/[€\s.]/g, "").replace(",", ".");
  return plain === "" ? 0 : Number(plain) || 0;
}
const liveRows = (formset) => all("[data-kvk2-row]:not([hidden])", one("[data-kvk2-rows]", formset));
function refreshFormset(formset) {
  liveRows(formset).forEach((row, index) => {
    all("[data-kvk2-number]", row).forEach((place) => { place.textContent = index + 1; });
  });
  for (const total of all("[data-kvk2-total]", formset)) {
    const cells = liveRows(formset).map((row) => one(`[name$="-${total.dataset.kvk2Total}"]`, row));
    const sum = cells.reduce((so_far, cell) => so_far + amount(cell?.value ?? ""), 0);
    total.textContent = "kvk2Plain" in total.dataset ? sum.toLocaleString("nl-NL") : euros.format(sum);
  }
}
on("click", "[data-kvk2-add-row]", (button, event) => {
  event.preventDefault();
  const formset = button.closest("[data-kvk2-formset]");
  const count = one(`[name="${formset.dataset.kvk2Formset}-TOTAL_FORMS"]`, formset);
  const rows = one("[data-kvk2-rows]", formset);
  rows.insertAdjacentHTML(
    "beforeend",
    one("[data-kvk2-empty-row]", formset).innerHTML.replaceAll("__prefix__", count.value),
  );
  count.value = Number(count.value) + 1;
  refreshFormset(formset);
  one("input:not([type=hidden]), select, textarea", rows.lastElementChild)?.focus();
  one("[data-kvk2-formset-status]", formset).textContent =
    `Regel ${liveRows(formset).length} toegevoegd.`;
});
on("click", "[data-kvk2-delete-row]", (button, event) => {
  event.preventDefault();
  const formset = button.closest("[data-kvk2-formset]");
  const row = button.closest("[data-kvk2-row]");
  const number = one("[data-kvk2-number]", row).textContent;
  one('[name$="-DELETE"]', row).checked = true;
  row.hidden = true;
  refreshFormset(formset);
  one("[data-kvk2-add-row]", formset).focus();
  one("[data-kvk2-formset-status]", formset).textContent = `Regel ${number} verwijderd.`;
  row.dispatchEvent(new Event("change", { bubbles: true }));
});
on("input", "[data-kvk2-formset] input", (input) => refreshFormset(input.closest("[data-kvk2-formset]")));

// --- fields that only matter after a certain answer: data-kvk2-when="name=value|value"
function showWhen(block) {
  const [name, values] = block.dataset.kvk2When.split("=");
  const form = block.closest("form");
  const chosen = new FormData(form).getAll(name);
  block.hidden = !values.split("|").some((value) => chosen.includes(value));
}
const refreshConditions = () => all("[data-kvk2-when]").forEach(showWhen);
refreshConditions();
document.addEventListener("change", refreshConditions);

// --- the session: warn before it ends; activity in another tab counts as well
const session = one("#sessie");
const LAST = "kvk2-last-request";
const now = () => Math.floor(Date.now() / 1000);
function keepSession() {
  try { localStorage.setItem(LAST, String(now())); } catch { /* private window: this tab alone */ }
  if (session) session.dataset.last = String(now());
}
function secondsLeft() {
  let last = Number(session.dataset.last);
  try { last = Math.max(last, Number(localStorage.getItem(LAST)) || 0); } catch { /* as above */ }
  return Number(session.dataset.kvk2Idle) - (now() - last);
}
if (session) {
  keepSession();
  const clock = setInterval(() => {
    const left = secondsLeft();
    if (left <= 0) {
      // a page with text that is not saved yet saves it first, and so stays logged in
      if (!document.dispatchEvent(new Event("kvk2:expired", { cancelable: true }))) return;
      clearInterval(clock);
      const leave = one("[data-kvk2-log-out]", session);
      const here = encodeURIComponent(location.pathname + location.search);
      leave.elements.next.value += `?verlopen=1&next=${here}`;
      leave.submit();
    } else if (left <= Number(session.dataset.kvk2Warn)) {
      one("[data-kvk2-remaining]", session).textContent =
        left > 60 ? `${Math.ceil(left / 60)} minuten` : `${left} seconden`;
      if (!session.open) session.showModal();
    } else if (session.open) {
      session.close();
    }
  }, 1000);
  on("submit", "[data-kvk2-keep-alive]", async (form, event) => {
    event.preventDefault();
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!response.ok || response.redirected) { location.reload(); return; }
    keepSession();
    session.close();
  });
}

document.addEventListener("kvk2:alive", keepSession);
// Who logs out leaves no text behind in this browser.
on("submit", "[data-kvk2-log-out]", () => {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("kvk2-tekst")) localStorage.removeItem(key);
    }
  } catch { /* nothing was kept either */ }
});

// --- htmx, on the pages that load it
document.addEventListener("htmx:configRequest", (event) => {
  const token = one("[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});
document.addEventListener("htmx:afterRequest", (event) => {
  // a page that asks by itself how far the work is, is no sign of life of its reader
  if (!event.detail.requestConfig.headers["X-Background"]) keepSession();
});
document.addEventListener("htmx:afterSwap", (event) => {
  refreshConditions();
  if (event.target.id === "inhoud") (one("[data-kvk2-autofocus]") ?? event.target).focus();
});
// A form that is on its way to the server is not saved once more on the way out.
document.addEventListener("submit", (event) => { event.target.dataset.kvk2Leaving = ""; });
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (requestConfig.triggeringEvent?.type === "submit") delete elt.dataset.kvk2Leaving;
  else if ("kvk2Leaving" in elt.dataset) event.preventDefault();
});
window.addEventListener("pageshow", () => {
  all("[data-kvk2-leaving]").forEach((form) => { delete form.dataset.kvk2Leaving; });
});
