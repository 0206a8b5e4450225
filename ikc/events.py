"""What the timeline says of each thing that may happen to an IKC or an account."""

SENTENCES = {
    "ikc.changed": "heeft de gegevens van het IKC gewijzigd",
    "ikc.imported": "De gegevens zijn bijgewerkt uit een officieel bestand",
    "ikc.renamed": "De naam is gewijzigd volgens een officieel bestand",
    "ikc.partner_added": "heeft een partner kinderopvang toegevoegd",
    "ikc.succession_confirmed": "heeft een samenvoeging bevestigd",
    "ikc.partner_ended": "heeft de samenwerking met een partner kinderopvang beëindigd",
    "user.invited": "heeft de gebruiker uitgenodigd",
    "user.changed": "heeft de gegevens van de gebruiker gewijzigd",
    "user.blocked": "heeft de toegang geblokkeerd",
    "user.unblocked": "heeft de toegang weer opengezet",
    "user.role_given": "heeft een rol gegeven",
    "user.role_ended": "heeft een rol beëindigd",
    "user.mandate_given": "heeft een machtiging vastgelegd",
    "user.mandate_ended": "heeft een machtiging beëindigd",
    "organisation.changed": "heeft de gegevens van de organisatie gewijzigd",
}
