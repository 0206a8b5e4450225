// For a page that is being filled in, loaded when something went wrong: the session ended, or a tab was closed.

// On top of the page; the steps of the login pages come one after another, until the path `done` answers.
export function logInAgain(dialog, done) {
  const place = dialog.querySelector("[data-kvk2-place]");
  let loggedIn = false;
  async function step(request) {
    try {
      const response = await request;
      if (new URL(response.url).pathname === done) {
        loggedIn = true;
        dialog.close();
        return;
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const parts = ["main .lw-form-summary-error", "main form.lw-form"];
      place.replaceChildren(...parts.map((part) => page.querySelector(part)).filter(Boolean));
      const email = place.querySelector("[name=login]");
      if (email && !email.value) email.value = dialog.dataset.kvk2Email;
      place.querySelector(email ? "[name=password]" : "[name=code]")?.focus();
    } catch {
      place.textContent = "Er is geen verbinding. Sluit dit venster en probeer het opnieuw.";
    }
  }
  dialog.onsubmit = (event) => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    step(fetch(event.target.action, { method: "POST", body: new FormData(event.target) }));
  };
  dialog.showModal();
  step(fetch(dialog.dataset.kvk2LogIn));
  return new Promise((end) => { dialog.addEventListener("close", () => end(loggedIn), { once: true }); });
}

// `pairs` of name and text go back into `form`, with as many rows as there were.
export function putBack(form, pairs) {
  for (const [name, value] of pairs) {
    const rows = `[data-kvk2-formset="${name.replace("-TOTAL_FORMS", "")}"]`;
    const add = form.querySelector(`${rows} [data-kvk2-add-row]`);
    while (add && form.elements[name].value < Number(value)) add.click();
  }
  for (const field of form.querySelectorAll("[name]:not([type=submit])")) {
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (/checkbox|radio/.test(field.type)) field.checked = values.includes(field.value);
    else if (values.length) [field.value] = values;
    if (field.checked && field.name.endsWith("-DELETE")) field.closest("[data-kvk2-row]").hidden = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
