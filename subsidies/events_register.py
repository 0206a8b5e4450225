"""Sentences of what happens to the public subsidy register."""

SENTENCES = {
    "register_entry_prepared": "Het besluit is klaargezet voor het subsidieregister",
    "register_entry_edited": "heeft de tekst voor het subsidieregister gewijzigd",
    "register_entry_published": "heeft de regel openbaar gemaakt",
    "register_entry_corrected": "heeft de openbare regel verbeterd",
    "register_entry_kept_back": "heeft vastgelegd dat de regel niet openbaar is",
    "register_objection_recorded": "heeft een bedenking tegen openbaarmaking vastgelegd",
    "register_objection_decided": "heeft over de bedenking beslist",
}
