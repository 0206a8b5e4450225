"""What the timeline says of accounts, determinations and recoveries."""

SENTENCES = {
    "account_opened": "De subsidieperiode is voorbij: de verantwoording staat open",
    "account_saved": "heeft de verantwoording bewaard",
    "account_file_added": "heeft een stuk bij de verantwoording gevoegd",
    "account_file_removed": "heeft een stuk bij de verantwoording weggehaald",
    "account_file_opened": "heeft een stuk bij de verantwoording geopend",
    "account_submitted": "heeft de verantwoording ondertekend en ingediend",
    "account_completed": "heeft de aanvulling van de verantwoording ingediend",
    "account_reminded": "Het bestuur is herinnerd aan de verantwoording",
    "account_overdue": "De verantwoording is te laat: er is een nieuwe termijn gegeven",
    "account_term_set": "heeft een nieuwe termijn voor de verantwoording gegeven",
    "account_check_started": "is begonnen met het beoordelen van de verantwoording",
    "account_completion_asked": "heeft gevraagd de verantwoording aan te vullen",
    "account_completion_expired": "De termijn om de verantwoording aan te vullen is verlopen",
    "account_judged": "heeft een oordeel over de verantwoording bewaard",
    "account_accepted": "heeft de verantwoording akkoord gegeven",
    "grant_accounting": "De subsidie wordt verantwoord",
}
FOR_APPLICANT = frozenset(
    {
        "account_opened",
        "account_saved",
        "account_file_added",
        "account_file_removed",
        "account_submitted",
        "account_completed",
        "account_reminded",
        "account_overdue",
        "account_term_set",
        "account_check_started",
        "account_completion_asked",
        "account_completion_expired",
        "account_accepted",
    }
)
