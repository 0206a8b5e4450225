"""Sentences of documents that are given to an objector, or made public."""

SENTENCES = {
    "disclosure_started": "is begonnen stukken van de ronde klaar te zetten",
    "disclosure_collected": "De stukken zijn verzameld en kunnen worden nagekeken",
    "disclosure_document_judged": "heeft een stuk nagekeken",
    "disclosure_suggestions_taken": "heeft het voorstel voor de overige stukken overgenomen",
    "disclosure_ordered": "heeft de stukken laten maken",
    "disclosure_proposed": "heeft akkoord gevraagd om openbaar te maken",
    "disclosure_approved": "heeft akkoord gegeven om openbaar te maken",
    "disclosure_returned": "heeft de stukken teruggegeven om ze opnieuw na te kijken",
    "disclosure_finished": "De stukken zijn klaar om te geven",
    "disclosure_given": "heeft de stukken gegeven",
    "disclosure_cancelled": "heeft de stukken laten vervallen",
    "disclosure_downloaded": "heeft de stukken opgehaald",
}
