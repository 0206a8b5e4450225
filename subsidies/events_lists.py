"""Sentences of what people do with lists, with their calendar and with the words of letters."""

SENTENCES = {
    "notice_bounced": "heeft vastgelegd dat een melding per e-mail terugkwam",
    "notice_repeated": "heeft opnieuw gemeld dat er een bericht klaarstaat",
    "message_on_paper": "heeft een bericht ook op papier verstuurd",
    "message_proof_exported": "heeft het bewijs van een bericht meegenomen",
    "mail_retried": "liet een e-mail opnieuw versturen",
    "letter_text_changed": "heeft de tekst van een brief gewijzigd",
    "applications_exported": "heeft de lijst van aanvragen meegenomen",
    "list_view_saved": "heeft een lijst bewaard",
    "calendar_renewed": "heeft een nieuw agenda-adres gemaakt",
    "calendar_revoked": "heeft het agenda-adres ingetrokken",
    "list_view_removed": "heeft een bewaarde lijst verwijderd",
}
