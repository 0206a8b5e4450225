"""Sentences of what people do with lists."""

SENTENCES = {
    "applications_exported": "heeft de lijst van aanvragen meegenomen",
    "list_view_saved": "heeft een lijst bewaard",
    "list_view_removed": "heeft een bewaarde lijst verwijderd",
}
