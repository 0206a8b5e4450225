// <form data-kvk2-keep="user">: keeps what is typed, and says so when that does not work. docs/frontend.md

const find = (selector, within = document) => within.querySelector(selector);
const form = find("form[data-kvk2-keep]");
const fields = form.elements;
const { kvk2Keep: user, kvk2Ask: asked } = form.dataset;
const dialog = find("#opnieuw");
const alarm = find("#niet-bewaard");
const offer = find("#terugzetten");
const COPY = `kvk2-tekst:${user}:${location.pathname}`;
const SECRET = /^(csrf.*|typed_by|turn)$/;

const rescue = () => import(dialog.dataset.kvk2Script);
const typed = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
const answers = (pairs) => JSON.stringify(
  pairs.filter(([name]) => !SECRET.test(name) && name !== "version" && name !== "page"),
);
let dirty = "kvk2Unsaved" in form.dataset;
let timer, running, stopped, leaving, loggingIn, refused, failures = 0, lastKey = 0;

function say(text, problem = "", loggedOut = false) {
  find("#bewaard").textContent = text;
  alarm.hidden = !problem;
  find("button", alarm).hidden = !loggedOut;
  find("p", alarm).textContent = `Niet bewaard: ${problem}`;
}
const shown = {};
function show(parts) {
  for (const id in parts) {
    if (shown[id] !== parts[id]) document.getElementById(id).outerHTML = parts[id];
    shown[id] = parts[id];
  }
}

// --- a copy in this browser, for a crash or a closed tab
const stored = (act) => { try { return act(localStorage); } catch { return null; } };
const readCopy = () => stored((store) => JSON.parse(store.getItem(COPY)));
function dropCopy() {
  stored((store) => store.removeItem(COPY));
  offer.hidden = true;
}
// --- saving: one at a time, again and again until it worked
const later = (milliseconds = 2500) => { timer ??= setTimeout(save, milliseconds); };
function save() {
  clearTimeout(timer);
  timer = undefined;
  return running ??= send().finally(() => { running = undefined; });
}
async function send(again) {
  if (stopped) return false;
  fields.turn.value = Math.max(Date.now(), Number(fields.turn.value) + 1);
  const now = typed();
  let status, answer = {};
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(now),
      signal: AbortSignal.timeout(20000),
    });
    ({ status } = response);
    answer = await response.json();
  } catch { /* no answer of ours */ }
  if (answer.saved) {
    failures = 0;
    dirty = answers(typed()) !== answers(now);
    if (dirty) later();
    else if (offer.hidden) dropCopy();
    say(`Bewaard om ${answer.saved} uur.`);
    show(answer.parts);
    document.dispatchEvent(new Event("kvk2:alive"));
    return true;
  }
  if (answer.token && String(answer.user) === user && !again) {
    document.getElementsByName("csrfmiddlewaretoken").forEach((input) => { input.value = answer.token; });
    return send(true);
  }
  if (status === 401) {
    say("", "u bent niet meer ingelogd.", true);
    return !refused && await logIn() && send();
  }
  if (answer.token || (status > 399 && status < 500 && status !== 429)) {
    stopped = true;
    say("", answer.problem ?? (answer.token ? "u bent nu ingelogd met een ander account." : "kopieer uw tekst en ververs de pagina."));
    return false;
  }
  failures += 1;
  say("", `${status ? "er is een storing" : "er is geen verbinding"}, we proberen het opnieuw.`);
  later(Math.min(1000 * 2 ** failures, 30000));
  return false;
}
async function logIn() {
  // not while somebody types on
  while (Date.now() - lastKey < 1200) await new Promise((done) => { setTimeout(done, 300); });
  const { logInAgain } = await rescue();
  loggingIn ??= logInAgain(dialog, asked).finally(() => { loggingIn = undefined; });
  refused = !await loggingIn;
  return !refused;
}

const touched = () => {
  dirty = true;
  if (!failures) later();
};
form.addEventListener("input", () => {
  lastKey = Date.now();
  touched();
  if (!offer.hidden) return;
  const kept = typed().filter(([name]) => !SECRET.test(name));
  stored((store) => store.setItem(COPY, JSON.stringify({ at: lastKey, typed: kept })));
});
form.addEventListener("change", touched);
form.addEventListener("submit", async (event) => {
  leaving = !dirty || stopped;
  if (leaving) return;
  event.preventDefault();
  refused = false;
  while (dirty) if (!await save()) return;
  form.requestSubmit(event.submitter);
});
find("button", alarm).onclick = async () => { if (await logIn()) save(); };
offer.onclick = async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("kvk2PutBack" in button.dataset) (await rescue()).putBack(form, readCopy().typed);
  dropCopy();
};
window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
const flush = () => { if (dirty) save(); };
window.addEventListener("online", flush);
document.addEventListener("visibilitychange", flush);
document.addEventListener("kvk2:expired", (event) => {
  if (dirty) event.preventDefault();
  flush();
});

// --- who else is here
setInterval(async () => {
  if (document.hidden) return;
  const opened = `?version=${fields.version.value}&page=${fields.page.value}`;
  const headers = { Accept: "application/json", "X-Background": "1" };
  const response = await fetch(asked + opened, { headers }).catch(() => ({}));
  if (response.ok) show((await response.json()).parts);
}, 30000);

const copy = readCopy();
if (dirty) save();
else if (!copy || answers(copy.typed) === answers(typed())) dropCopy();
else {
  find("[data-kvk2-at]", offer).textContent = new Date(copy.at).toLocaleString("nl-NL");
  offer.hidden = false;
}
