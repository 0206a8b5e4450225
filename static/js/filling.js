// Pages on which people fill in for a long time: keeps what is typed, and says so when that does not work.
// Only for <form data-kvk2-keep="user">; every such page works without this file.

const find = (selector, within = document) => within.querySelector(selector);
const form = find("form[data-kvk2-keep]");
const fields = form.elements;
const dialog = find("#opnieuw");
const alarm = find("#niet-bewaard");
const offer = find("#terugzetten");
const user = form.dataset.kvk2Keep;
const COPY = `kvk2-tekst:${user}:${location.pathname}`;
const JSON_ONLY = { Accept: "application/json" };
const EVERY = 2500; // milliseconds from the first unsaved character until it is sent

const typed = () => [...new FormData(form)].filter(
  ([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "turn"].includes(name),
);
const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
let dirty = "kvk2Unsaved" in form.dataset;
let timer, running, stopped, leaving, offline = 0, lastKey = 0;

function say(text, problem = "", loggedOut = false) {
  find("#bewaard").textContent = text;
  alarm.hidden = !problem;
  find("button", alarm).hidden = !loggedOut;
  find("p", alarm).textContent = problem && `Niet bewaard: ${problem}`;
}
function show(parts = {}) {
  for (const [id, html] of Object.entries(parts)) {
    const place = document.getElementById(id);
    if (place && place.kvk2Shown !== html) {
      place.outerHTML = html;
      document.getElementById(id).kvk2Shown = html;
    }
  }
}

// --- the copy in this browser, for a crash or a closed tab
function copy() {
  try { localStorage.setItem(COPY, JSON.stringify({ at: Date.now(), typed: typed() })); } catch { /* full or refused */ }
}
function dropCopy() {
  try { localStorage.removeItem(COPY); } catch { /* refused */ }
  offer.hidden = true;
}
function putBack(pairs) {
  for (const [name, value] of pairs) {
    const add = name.endsWith("-TOTAL_FORMS")
      && find(`[data-kvk2-formset="${name.slice(0, -12)}"] [data-kvk2-add-row]`);
    while (add && Number(fields[name].value) < Number(value)) add.click();
  }
  for (const field of form.querySelectorAll("[name]")) {
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.type !== "submit") [field.value] = values;
    if (field.checked && field.name.endsWith("-DELETE")) field.closest("[data-kvk2-row]").hidden = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- saving: one at a time, again and again until it worked
function later(milliseconds = EVERY) {
  timer ??= setTimeout(save, milliseconds);
}
function save() {
  clearTimeout(timer);
  timer = undefined;
  running ??= send().finally(() => { running = undefined; });
  return running;
}
async function send(second = false) {
  if (stopped) return false;
  const now = typed();
  fields.turn.value = Math.max(Date.now(), Number(fields.turn.value) + 1);
  const headers = { ...JSON_ONLY, "X-CSRFToken": fields.csrfmiddlewaretoken.value };
  const body = new URLSearchParams([...now, ["turn", fields.turn.value]]);
  let status = 0, answer = {};
  try {
    const response = await fetch(location.pathname, { method: "POST", headers, body, signal: AbortSignal.timeout(20000) });
    ({ status } = response);
    answer = await response.json();
  } catch { /* no network, or a page of the web server itself */ }
  if (answer.saved) {
    offline = 0;
    dirty = JSON.stringify(typed()) !== JSON.stringify(now);
    if (dirty) later(); else if (offer.hidden) dropCopy();
    say(`Bewaard om ${answer.saved} uur.`);
    show(answer.parts);
    document.dispatchEvent(new Event("kvk2:alive"));
    return true;
  }
  if (answer.token && String(answer.user) === user && !second) {
    for (const input of document.getElementsByName("csrfmiddlewaretoken")) input.value = answer.token;
    return send(true);
  }
  if (status === 401) {
    say("", "u bent niet meer ingelogd. Wat u typt, blijft hier staan.", true);
    return await logIn() && send();
  }
  if (answer.token || (status >= 400 && status < 500 && status !== 429)) {
    stopped = true;
    say("", answer.problem ?? (answer.token ? "u bent nu ingelogd met een ander account." : "u mag deze stap niet meer wijzigen. Kopieer uw tekst en ververs de pagina."));
    return false;
  }
  say("", `${status ? "het portaal geeft een storing" : "er is geen verbinding"}, we proberen het opnieuw.`);
  offline += 1;
  later(Math.min(1000 * 2 ** offline, 30000));
  return false;
}

// --- logging in again, on top of what is being typed
let asking, told;
async function logIn(wanted = false) {
  if (told && !wanted) return false; // put aside: the button brings it back
  while (Date.now() - lastKey < 1200) await wait(200); // nobody types a password by accident
  asking ??= new Promise((done) => {
    const close = () => { asking = undefined; told = !dialog.kvk2Done; done(dialog.kvk2Done); };
    dialog.addEventListener("close", close, { once: true });
    dialog.kvk2Done = false;
    step(fetch(dialog.dataset.kvk2LogIn));
    dialog.showModal();
  });
  return asking;
}
async function step(request) {
  const place = find("[data-kvk2-place]", dialog);
  try {
    const response = await request;
    if (new URL(response.url).pathname === form.dataset.kvk2Ask) {
      dialog.kvk2Done = true;
      dialog.close();
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const parts = ["main .lw-form-summary-error", "main form.lw-form"].map((each) => find(each, page));
    place.replaceChildren(...parts.filter(Boolean));
    const email = find("[name=login]", place);
    if (email && !email.value) email.value = dialog.dataset.kvk2Email;
    find(email ? "[name=password]" : "[name=code]", place)?.focus();
  } catch {
    place.textContent = "Er is geen verbinding. Sluit dit venster en probeer het opnieuw.";
  }
}
dialog.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  step(fetch(event.target.action, { method: "POST", body: new FormData(event.target) }));
});
find("button", alarm).addEventListener("click", async () => { if (await logIn(true)) save(); });

// --- what happens on the page
form.addEventListener("input", () => {
  lastKey = Date.now();
  dirty = true;
  if (offer.hidden) copy();
  if (!offline) later();
});
form.addEventListener("change", () => {
  dirty = true;
  if (!offline) later(500);
});
form.addEventListener("submit", async (event) => {
  leaving = !dirty || stopped;
  if (leaving) return;
  event.preventDefault();
  told = false;
  while (dirty) if (!await save()) return;
  form.requestSubmit(event.submitter);
});
window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
window.addEventListener("online", () => { if (dirty) save(); });
document.addEventListener("visibilitychange", () => { if (document.hidden && dirty) save(); });
document.addEventListener("kvk2:expired", (event) => {
  if (!dirty) return;
  event.preventDefault();
  save();
});
offer.addEventListener("click", (event) => {
  const kept = JSON.parse(localStorage.getItem(COPY));
  if ("kvk2PutBack" in event.target.closest("button")?.dataset ?? {}) {
    offer.hidden = true;
    putBack(kept.typed);
  } else if (event.target.closest("button")) {
    dropCopy();
  }
});

// --- who else is here; asking this keeps no session alive
async function ask() {
  if (document.hidden) return;
  const query = new URLSearchParams({ version: fields.version.value, page: fields.page.value });
  try {
    const headers = { ...JSON_ONLY, "X-Background": "1" };
    const response = await fetch(`${form.dataset.kvk2Ask}?${query}`, { headers });
    if (response.ok) show((await response.json()).parts);
  } catch { /* the next time */ }
}
setInterval(ask, 30000);

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(COPY));
    const text = (pairs) => JSON.stringify(pairs.filter(([name]) => !["version", "page", "typed_by"].includes(name)));
    if (!kept || dirty || text(kept.typed) === text(typed())) return;
    const at = new Date(kept.at).toLocaleString("nl-NL", { dateStyle: "long", timeStyle: "short" });
    find("[data-kvk2-at]", offer).textContent = at;
    offer.hidden = false;
  } catch { /* no copy that can be read */ }
}
recall();
if (offer.hidden && !dirty) dropCopy();
if (dirty) save();
