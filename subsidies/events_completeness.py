"""What the timeline says of the completeness check, of terms and of what extends them."""

SENTENCES = {
    "application_check_saved": "heeft de controlelijst bijgewerkt",
    "outage_recorded": "heeft een storing vastgelegd",
    "outage_ended": "heeft het einde van de storing vastgelegd",
    "closing_extended": "heeft de sluiting verlengd namens het college",
    "completion_requested": "heeft om aanvulling gevraagd",
    "completion_extended": "heeft meer tijd gegeven om aan te vullen",
    "later_decision_told": "heeft gemeld dat het besluit later komt",
    "clock_stopped": "heeft vastgelegd dat de beslistermijn stilstaat",
    "clock_resumed": "heeft vastgelegd dat de beslistermijn weer loopt",
    "default_notice_recorded": "heeft een ingebrekestelling vastgelegd",
    "default_notice_set_aside": "heeft vastgelegd dat er geen dwangsom is",
    "default_notice_opened": "heeft de ingebrekestelling geopend",
    "completion_expired": "De termijn om aan te vullen is verlopen",
    "completion_ended": "Het verzoek om aanvulling is niet meer nodig",
    "application_not_processed": "heeft besloten de aanvraag niet te behandelen",
    "correction_discarded": "heeft het concept van de aanvulling weggegooid",
    "correction_submitted": "heeft de aanvulling ingediend",
    "correction_accepted": "heeft de aanvulling overgenomen in de aanvraag",
    "correction_rejected": "heeft de aanvulling niet overgenomen",
    "correction_file_added": "heeft een stuk bij de aanvulling gevoegd",
    "correction_file_removed": "heeft een stuk bij de aanvulling verwijderd",
    "correction_file_downloaded": "heeft een stuk bij de aanvulling geopend",
}
FOR_APPLICANT = frozenset(
    {
        "application_not_processed",
        "completion_requested",
        "completion_expired",
        "completion_extended",
        "later_decision_told",
        "default_notice_recorded",
        "default_notice_set_aside",
        "clock_stopped",
        "clock_resumed",
        "correction_submitted",
        "correction_accepted",
        "correction_rejected",
        "correction_file_added",
        "correction_file_removed",
    }
)
