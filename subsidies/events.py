"""What the timeline says of each thing that may happen to a round or an application; a test holds it complete."""

from subsidies.events_accountability import FOR_APPLICANT as ACCOUNT_FOR_APPLICANT
from subsidies.events_accountability import SENTENCES as ACCOUNTABILITY
from subsidies.events_assessment import SENTENCES as ASSESSMENT
from subsidies.events_completeness import FOR_APPLICANT as COMPLETION_FOR_APPLICANT
from subsidies.events_completeness import SENTENCES as COMPLETENESS
from subsidies.events_disclosures import SENTENCES as DISCLOSURES
from subsidies.events_grants import SENTENCES as GRANTS
from subsidies.events_lists import SENTENCES as LISTS
from subsidies.events_objections import SENTENCES as OBJECTIONS
from subsidies.events_payments import SENTENCES as PAYMENTS
from subsidies.events_register import SENTENCES as REGISTER

SCHEMES = {
    "scheme_version_created": "heeft deze versie van de regeling gemaakt",
    "scheme_section_saved": "heeft een onderdeel van de regeling bewaard",
    "scheme_version_in_force": "heeft deze versie in werking gesteld namens het college",
    "scheme_version_superseded": "De versie is vervangen door een nieuwe",
    "scheme_draft_discarded": "heeft een concept van de regeling weggegooid",
}
INTAKE = {
    "round_created": "heeft de ronde gemaakt",
    "round_changed": "heeft de ronde gewijzigd",
    "round_adopted": "heeft de ronde vastgesteld namens het college",
    "round_published": "heeft de ronde gepubliceerd",
    "round_cancelled": "heeft de ronde geannuleerd",
    "round_decision_opened": "heeft het collegebesluit geopend",
    "round_settled": "De ronde is afgerond: alles is vastgesteld en onherroepelijk",
    "round_archived": "heeft de ronde gearchiveerd",
    "ceiling_changed": "heeft het subsidieplafond gewijzigd namens het college",
    "round_opened": "De ronde is opengegaan",
    "round_closed": "De ronde is gesloten",
    "round_assessment_started": "heeft de beoordeling gestart",
    "application_started": "is aan de aanvraag begonnen",
    "application_submitted": "heeft de aanvraag ondertekend en ingediend",
    "confirmation_asked": "heeft de kinderopvang gevraagd het plan te bevestigen",
    "confirmation_given": "heeft het plan bevestigd namens de kinderopvang",
    "confirmation_declined": "is niet akkoord met het plan namens de kinderopvang",
    "application_handed_over": "heeft de aanvraag overgedragen",
    "application_copied": "is begonnen met de tekst van een eerdere aanvraag",
    "figures_taken": "heeft cijfers bij de analyse gekozen",
    "application_lapsed": "Het concept is vervallen: de ronde is gesloten",
    "application_withdrawn": "heeft de aanvraag ingetrokken",
    "application_check_started": "is begonnen met de controle",
    "application_admitted": "heeft de aanvraag toegelaten tot de beoordeling",
    "attachment_added": "heeft een bijlage toegevoegd",
    "attachment_removed": "heeft een bijlage verwijderd",
    "attachment_restored": "heeft een verwijderde bijlage teruggezet",
    "attachment_infected": "De virusscanner heeft een bijlage geweigerd",
    "attachment_downloaded": "heeft een bijlage geopend",
}
SENTENCES = {
    **SCHEMES,
    **INTAKE,
    **COMPLETENESS,
    **ASSESSMENT,
    **GRANTS,
    **LISTS,
    **REGISTER,
    **DISCLOSURES,
    **OBJECTIONS,
    **ACCOUNTABILITY,
    **PAYMENTS,
}

# What the applicant may read; the inside of the assessment is not theirs to follow.
FOR_APPLICANT = (
    COMPLETION_FOR_APPLICANT
    | ACCOUNT_FOR_APPLICANT
    | frozenset(
        {
            "application_started",
            "application_submitted",
            "confirmation_asked",
            "confirmation_given",
            "confirmation_declined",
            "application_handed_over",
            "application_copied",
            "figures_taken",
            "application_lapsed",
            "application_withdrawn",
            "application_admitted",
            "attachment_added",
            "attachment_removed",
            "attachment_restored",
            "attachment_infected",
            "message_posted",
            "letter_posted",
        }
    )
)
