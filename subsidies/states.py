"""The state machines of a subsidy (domain reference 3.1-3.5), one table each."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow
from subsidies.states_accountability import ACCOUNT_WORKFLOW as ACCOUNT_WORKFLOW
from subsidies.states_accountability import RECOVERY_WORKFLOW as RECOVERY_WORKFLOW
from subsidies.states_calibration import CALIBRATION_WORKFLOW as CALIBRATION_WORKFLOW
from subsidies.states_disclosures import DISCLOSURE_WORKFLOW as DISCLOSURE_WORKFLOW
from subsidies.states_grants import GRANT_WORKFLOW as GRANT_WORKFLOW
from subsidies.states_meetings import MEETING_WORKFLOW as MEETING_WORKFLOW
from subsidies.states_objections import OBJECTION_WORKFLOW as OBJECTION_WORKFLOW
from subsidies.states_obligations import OBLIGATION_WORKFLOW as OBLIGATION_WORKFLOW
from subsidies.states_payments import PAYMENT_ORDER_WORKFLOW as PAYMENT_ORDER_WORKFLOW
from subsidies.states_payments import PAYMENT_WORKFLOW as PAYMENT_WORKFLOW
from subsidies.states_retention import DESTRUCTION_WORKFLOW as DESTRUCTION_WORKFLOW
from subsidies.states_subsidy_register import REGISTER_WORKFLOW as REGISTER_WORKFLOW


class SchemeState(TextChoices):
    DRAFT = "draft", "concept"
    IN_FORCE = "in_force", "in werking"
    SUPERSEDED = "superseded", "vervangen"


S = SchemeState

SCHEME_WORKFLOW = Workflow(
    "Versie van een subsidieregeling",
    SchemeState,
    [
        Transition(
            "put_in_force",
            frozenset({S.DRAFT}),
            S.IN_FORCE,
            "In werking laten treden",
            "ondertekenaar",
        ),
        Transition("supersede", frozenset({S.IN_FORCE}), S.SUPERSEDED, "Vervangen", "systeem"),
    ],
)
SCHEME_BADGES = {S.DRAFT: "neutral", S.IN_FORCE: "success", S.SUPERSEDED: "inactive"}


class RoundState(TextChoices):
    DRAFT = "draft", "concept"
    ADOPTED = "adopted", "vastgesteld"
    PUBLISHED = "published", "gepubliceerd"
    OPEN = "open", "open"
    CLOSED = "closed", "gesloten"
    ASSESSING = "assessing", "in beoordeling"
    ADVISED = "advised", "advies klaar"
    DECIDED = "decided", "besloten"
    SETTLED = "settled", "afgerond"
    ARCHIVED = "archived", "gearchiveerd"
    CANCELLED = "cancelled", "geannuleerd"


R = RoundState

ROUND_WORKFLOW = Workflow(
    "Subsidieronde",
    RoundState,
    [
        Transition("adopt", frozenset({R.DRAFT}), R.ADOPTED, "Vaststellen", "ondertekenaar"),
        Transition("publish", frozenset({R.ADOPTED}), R.PUBLISHED, "Publiceren", "projectleider"),
        Transition("open", frozenset({R.PUBLISHED}), R.OPEN, "Openen", "systeem"),
        Transition("close", frozenset({R.OPEN}), R.CLOSED, "Sluiten", "systeem"),
        Transition(
            "assess", frozenset({R.CLOSED}), R.ASSESSING, "Beoordeling starten", "projectleider"
        ),
        Transition("advise", frozenset({R.ASSESSING}), R.ADVISED, "Advies afronden", "secretaris"),
        Transition("decide", frozenset({R.ADVISED}), R.DECIDED, "Besluiten", "ondertekenaar"),
        Transition("settle", frozenset({R.DECIDED}), R.SETTLED, "Afronden", "systeem"),
        Transition("archive", frozenset({R.SETTLED}), R.ARCHIVED, "Archiveren", "beheerder"),
        Transition(
            "cancel",
            frozenset({R.DRAFT, R.ADOPTED, R.PUBLISHED}),
            R.CANCELLED,
            "Annuleren",
            "projectleider",
        ),
    ],
)


class ApplicationState(TextChoices):
    DRAFT = "draft", "concept"
    SUBMITTED = "submitted", "ingediend"
    CHECKING = "checking", "wordt gecontroleerd"
    INCOMPLETE = "incomplete", "aanvulling nodig"
    ADMITTED = "admitted", "toegelaten"
    IN_REVIEW = "in_review", "in beoordeling"
    ADVISED = "advised", "advies gegeven"
    INTENT = "intent", "voornemen verstuurd"
    DECIDED = "decided", "besloten"
    NOT_PROCESSED = "not_processed", "niet in behandeling"
    LAPSED = "lapsed", "vervallen"
    WITHDRAWN = "withdrawn", "ingetrokken"


A = ApplicationState

APPLICATION_WORKFLOW = Workflow(
    "Aanvraag",
    ApplicationState,
    [
        Transition(
            "submit", frozenset({A.DRAFT}), A.SUBMITTED, "Ondertekenen en indienen", "IKC-directeur"
        ),
        Transition(
            "check", frozenset({A.SUBMITTED}), A.CHECKING, "Controle starten", "projectleider"
        ),
        Transition(
            "ask_completion",
            frozenset({A.CHECKING}),
            A.INCOMPLETE,
            "Aanvulling vragen",
            "projectleider",
        ),
        Transition("complete", frozenset({A.INCOMPLETE}), A.CHECKING, "Aanvullen", "IKC-directeur"),
        Transition("admit", frozenset({A.CHECKING}), A.ADMITTED, "Toelaten", "projectleider"),
        Transition(
            "refuse_to_process",
            frozenset({A.CHECKING, A.INCOMPLETE}),
            A.NOT_PROCESSED,
            "Niet in behandeling nemen",
            "ondertekenaar",
        ),
        Transition(
            "review", frozenset({A.ADMITTED}), A.IN_REVIEW, "Laten beoordelen", "secretaris"
        ),
        Transition(
            "advise", frozenset({A.IN_REVIEW}), A.ADVISED, "Advies vaststellen", "secretaris"
        ),
        # A round without criteria has no commission: a missing advice does not block the decision (Awb 3:6(2)).
        Transition(
            "skip_advice",
            frozenset({A.ADMITTED}),
            A.ADVISED,
            "Zonder advies verder",
            "systeem, in een ronde zonder criteria",
        ),
        Transition(
            "announce_intent", frozenset({A.ADVISED}), A.INTENT, "Voornemen sturen", "projectleider"
        ),
        Transition(
            "decide", frozenset({A.ADVISED, A.INTENT}), A.DECIDED, "Besluiten", "ondertekenaar"
        ),
        Transition("lapse", frozenset({A.DRAFT}), A.LAPSED, "Laten vervallen", "systeem"),
        Transition(
            "withdraw",
            frozenset(
                {
                    A.SUBMITTED,
                    A.CHECKING,
                    A.INCOMPLETE,
                    A.ADMITTED,
                    A.IN_REVIEW,
                    A.ADVISED,
                    A.INTENT,
                }
            ),
            A.WITHDRAWN,
            "Intrekken",
            "IKC-directeur",
        ),
    ],
)

# What the applicant sees: the inside of the assessment is one word to them.
APPLICANT_LABELS = {
    A.CHECKING: "ontvangen",
    A.ADMITTED: "in behandeling",
    A.IN_REVIEW: "in behandeling",
    A.ADVISED: "in behandeling",
}
APPLICATION_BADGES = {
    A.DRAFT: "neutral",
    A.SUBMITTED: "neutral",
    A.CHECKING: "warning",
    A.INCOMPLETE: "danger",
    A.ADMITTED: "neutral",
    A.IN_REVIEW: "warning",
    A.ADVISED: "warning",
    A.INTENT: "warning",
    A.DECIDED: "success",
    A.NOT_PROCESSED: "invalid",
    A.LAPSED: "inactive",
    A.WITHDRAWN: "inactive",
}
ROUND_BADGES = {
    R.DRAFT: "neutral",
    R.ADOPTED: "neutral",
    R.PUBLISHED: "neutral",
    R.OPEN: "success",
    R.CLOSED: "warning",
    R.ASSESSING: "warning",
    R.ADVISED: "warning",
    R.DECIDED: "success",
    R.SETTLED: "inactive",
    R.ARCHIVED: "inactive",
    R.CANCELLED: "invalid",
}
# States in which an application counts as filed and not taken back.
FILED = (
    A.SUBMITTED,
    A.CHECKING,
    A.INCOMPLETE,
    A.ADMITTED,
    A.IN_REVIEW,
    A.ADVISED,
    A.INTENT,
    A.DECIDED,
    A.NOT_PROCESSED,
)
# The term to decide runs in these states; afterwards there is nothing left to decide.
UNDECIDED = frozenset(FILED) - {A.DECIDED, A.NOT_PROCESSED}
# States that make an application live: an IKC has at most one of these in a round.
LIVE = (A.DRAFT, *FILED)


class ReviewState(TextChoices):
    ASSIGNED = "assigned", "toegewezen"
    ACCEPTED = "accepted", "aangenomen"
    IN_PROGRESS = "in_progress", "bezig"
    SUBMITTED = "submitted", "ingediend"
    REOPENED = "reopened", "heropend"
    LOCKED = "locked", "vergrendeld"
    RECUSED = "recused", "onthouden"
    WITHDRAWN = "withdrawn", "aan een ander gegeven"


V = ReviewState

REVIEW_WORKFLOW = Workflow(
    "Beoordeling",
    ReviewState,
    [
        Transition(
            "accept", frozenset({V.ASSIGNED}), V.ACCEPTED, "Geen belang verklaren", "commissielid"
        ),
        # A submitted review is withdrawn as well when an interest comes to light later (Awb 2:4).
        Transition(
            "recuse",
            frozenset({V.ASSIGNED, V.ACCEPTED, V.IN_PROGRESS, V.SUBMITTED, V.REOPENED}),
            V.RECUSED,
            "Zich onthouden",
            "commissielid",
        ),
        Transition(
            "save",
            frozenset({V.ACCEPTED, V.IN_PROGRESS, V.REOPENED}),
            V.IN_PROGRESS,
            "Bewaren",
            "commissielid",
        ),
        Transition(
            "submit",
            frozenset({V.ACCEPTED, V.IN_PROGRESS, V.REOPENED}),
            V.SUBMITTED,
            "Indienen",
            "commissielid",
        ),
        # Taken from a member who had begun: what was filled in stays with the file, and comes back with the member.
        Transition(
            "withdraw",
            frozenset({V.ASSIGNED, V.ACCEPTED, V.IN_PROGRESS, V.REOPENED}),
            V.WITHDRAWN,
            "Aan een ander geven",
            "secretaris",
        ),
        Transition(
            "assign", frozenset({V.WITHDRAWN}), V.ASSIGNED, "Opnieuw koppelen", "secretaris"
        ),
        Transition("reopen", frozenset({V.SUBMITTED}), V.REOPENED, "Heropenen", "secretaris"),
        Transition("lock", frozenset({V.SUBMITTED}), V.LOCKED, "Vergrendelen", "systeem"),
    ],
)
# Not, or no longer, with the member: it counts for nothing and the member sees nothing by it.
GONE_REVIEWS = (V.RECUSED, V.WITHDRAWN)
COUNTED_REVIEWS = (V.SUBMITTED, V.LOCKED)
# What a member still has to submit.
OPEN_REVIEWS = (
    V.REOPENED,
    V.IN_PROGRESS,
    V.ACCEPTED,
    V.ASSIGNED,
)


class AdviceState(TextChoices):
    DRAFT = "draft", "concept"
    DISCUSSED = "discussed", "besproken"
    ADOPTED = "adopted", "vastgesteld"
    SENT = "sent", "verstuurd"
    FOLLOWED = "followed", "gevolgd"
    DEVIATED = "deviated", "afgeweken"


D = AdviceState

ADVICE_WORKFLOW = Workflow(
    "Advies van de commissie",
    AdviceState,
    [
        Transition("discuss", frozenset({D.DRAFT}), D.DISCUSSED, "Bespreken", "secretaris"),
        Transition("adopt", frozenset({D.DISCUSSED}), D.ADOPTED, "Vaststellen", "secretaris"),
        Transition("send", frozenset({D.ADOPTED}), D.SENT, "Versturen", "secretaris"),
        Transition("follow", frozenset({D.SENT}), D.FOLLOWED, "Volgen", "systeem"),
        Transition("deviate", frozenset({D.SENT}), D.DEVIATED, "Afwijken", "systeem"),
    ],
)


class AllocationRunState(TextChoices):
    DRAFT = "draft", "concept"
    LOCKED = "locked", "vastgelegd"
    DISCARDED = "discarded", "vervallen"


ALLOCATION_RUN_WORKFLOW = Workflow(
    "Verdeling",
    AllocationRunState,
    [
        Transition(
            "lock",
            frozenset({AllocationRunState.DRAFT}),
            AllocationRunState.LOCKED,
            "Vastleggen",
            "projectleider",
        ),
        Transition(
            "discard",
            frozenset({AllocationRunState.DRAFT}),
            AllocationRunState.DISCARDED,
            "Laten vervallen",
            "projectleider",
        ),
        Transition(
            "restore",
            frozenset({AllocationRunState.DISCARDED}),
            AllocationRunState.DRAFT,
            "Terughalen",
            "projectleider",
        ),
    ],
)


class PartialOfferState(TextChoices):
    ASKED = "asked", "gevraagd"
    ACCEPTED = "accepted", "ja, dat kan"
    DECLINED = "declined", "nee, dat kan niet"
    LAPSED = "lapsed", "geen antwoord"


PARTIAL_OFFER_WORKFLOW = Workflow(
    "Vraag over een lager bedrag",
    PartialOfferState,
    [
        Transition(
            "accept",
            frozenset({PartialOfferState.ASKED}),
            PartialOfferState.ACCEPTED,
            "Ja, dat kan",
            "directeur of schoolbestuur",
        ),
        Transition(
            "decline",
            frozenset({PartialOfferState.ASKED}),
            PartialOfferState.DECLINED,
            "Nee, dat kan niet",
            "directeur of schoolbestuur",
        ),
        Transition(
            "lapse",
            frozenset({PartialOfferState.ASKED}),
            PartialOfferState.LAPSED,
            "Geen antwoord",
            "systeem, na de termijn",
        ),
    ],
)


class ViewState(TextChoices):
    ASKED = "asked", "gevraagd"
    RECEIVED = "received", "ontvangen"
    LAPSED = "lapsed", "geen reactie"


VIEW_WORKFLOW = Workflow(
    "Zienswijze",
    ViewState,
    [
        Transition(
            "receive",
            frozenset({ViewState.ASKED}),
            ViewState.RECEIVED,
            "Zienswijze geven",
            "directeur, schoolbestuur of projectleider",
        ),
        Transition(
            "lapse",
            frozenset({ViewState.ASKED}),
            ViewState.LAPSED,
            "Geen reactie",
            "systeem, na de termijn",
        ),
    ],
)


class DecisionState(TextChoices):
    DRAFT = "draft", "concept"
    LEGAL_CHECK = "legal_check", "juridische toets"
    READY = "ready", "klaar voor besluit"
    TAKEN = "taken", "genomen"
    SENT = "sent", "verzonden"
    FINAL = "final", "onherroepelijk"
    CONTESTED = "contested", "in bezwaar"
    UPHELD = "upheld", "in stand gebleven"
    REPLACED = "replaced", "vervangen"
    DISCARDED = "discarded", "vervallen"


B = DecisionState

DECISION_WORKFLOW = Workflow(
    "Besluit",
    DecisionState,
    [
        Transition(
            "check", frozenset({B.DRAFT}), B.LEGAL_CHECK, "Naar juridische toets", "projectleider"
        ),
        Transition(
            "approve", frozenset({B.LEGAL_CHECK}), B.READY, "Toets akkoord", "tweede projectleider"
        ),
        Transition("take", frozenset({B.READY}), B.TAKEN, "Besluit nemen", "ondertekenaar"),
        Transition("send", frozenset({B.TAKEN}), B.SENT, "Verzenden", "systeem"),
        Transition("finalise", frozenset({B.SENT}), B.FINAL, "Onherroepelijk worden", "systeem"),
        # Final by the clock, and yet contested when being late is excused (Awb 6:11).
        Transition(
            "contest",
            frozenset({B.SENT, B.FINAL}),
            B.CONTESTED,
            "Bezwaar registreren",
            "aanvrager of projectleider",
        ),
        Transition("uphold", frozenset({B.CONTESTED}), B.UPHELD, "In stand laten", "ondertekenaar"),
        Transition("replace", frozenset({B.CONTESTED}), B.REPLACED, "Vervangen", "ondertekenaar"),
        Transition(
            "discard",
            frozenset({B.DRAFT, B.LEGAL_CHECK, B.READY}),
            B.DISCARDED,
            "Laten vervallen",
            "projectleider",
        ),
    ],
)


class CorrectionState(TextChoices):
    DRAFT = "draft", "concept"
    SUBMITTED = "submitted", "ingediend"
    ACCEPTED = "accepted", "overgenomen"
    REJECTED = "rejected", "niet overgenomen"


C = CorrectionState

CORRECTION_WORKFLOW = Workflow(
    "Aanvulling",
    CorrectionState,
    [
        Transition("submit", frozenset({C.DRAFT}), C.SUBMITTED, "Indienen", "IKC-directeur"),
        Transition("accept", frozenset({C.SUBMITTED}), C.ACCEPTED, "Overnemen", "projectleider"),
        Transition(
            "reject", frozenset({C.SUBMITTED}), C.REJECTED, "Niet overnemen", "projectleider"
        ),
    ],
)
CORRECTION_BADGES = {
    C.DRAFT: "neutral",
    C.SUBMITTED: "warning",
    C.ACCEPTED: "success",
    C.REJECTED: "invalid",
}
