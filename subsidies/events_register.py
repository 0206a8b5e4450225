"""Sentences of what happens to the public subsidy register, and to cases when their term is over."""

SENTENCES = {
    "register_entry_prepared": "Het besluit is klaargezet voor het subsidieregister",
    "register_entry_edited": "heeft de tekst voor het subsidieregister gewijzigd",
    "register_entry_published": "heeft de regel openbaar gemaakt",
    "register_entry_corrected": "heeft de openbare regel verbeterd",
    "register_entry_kept_back": "heeft vastgelegd dat de regel niet openbaar is",
    "register_objection_recorded": "heeft een bedenking tegen openbaarmaking vastgelegd",
    "register_objection_decided": "heeft over de bedenking beslist",
    "legal_hold_placed": "heeft vastgelegd dat het dossier bewaard moet blijven",
    "legal_hold_lifted": "heeft de bewaarplicht opgeheven",
    "destruction_proposed": "heeft een vernietigingslijst gemaakt",
    "destruction_line_judged": "heeft een dossier op de lijst beoordeeld",
    "destruction_signed": "heeft de vernietigingslijst ondertekend",
    "destruction_discarded": "heeft de vernietigingslijst laten vervallen",
    "destruction_done": "Alles op de lijst is vernietigd",
    "case_destroyed": "Een dossier is vernietigd",
    "draft_forgotten": "Een concept dat niet was ingediend, is verwijderd",
    "case_export_ordered": "heeft een export van het dossier besteld",
    "case_export_downloaded": "heeft de export van het dossier opgehaald",
}
