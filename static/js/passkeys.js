// Passkeys: a device that refuses or a user who stops is no error of the page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.querySelector("#passkey-login, #passkey-use, #passkey-add")?.closest("form");
  const note = document.querySelector("[data-kvk2-passkey-note]") ?? document.createElement("p");
  note.dataset.kvk2PasskeyNote = "";
  note.className = "nl-paragraph";
  note.setAttribute("role", "alert");
  note.textContent = "De passkey is niet gebruikt. Probeer het opnieuw of kies een andere manier.";
  place?.append(note);
});
