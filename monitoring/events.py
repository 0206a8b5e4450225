"""What the timeline says of each verb of this app."""

SENTENCES = {
    "cycle_planned": "Monitoring gepland",
    "cycle_opened": "Invoer geopend",
    "cycle_closed": "Invoer gesloten",
    "figure_entered": "Cijfer ingevoerd",
    "figure_changed": "Cijfer gewijzigd",
    "return_submitted": "Cijfers ingediend",
    "return_sent_back": "Cijfers teruggegeven",
    "reports_ordered": "Jaarrapporten besteld",
    "report_made": "Rapport gemaakt",
    "report_downloaded": "Rapport opgehaald",
    "report_retried": "Rapport opnieuw besteld",
}
