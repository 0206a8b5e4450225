"""The state machines of an account and of a recovery (domain reference 3.8 and 3.10)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class AccountState(TextChoices):
    NOT_DUE = "not_due", "nog niet nodig"
    DUE = "due", "in te dienen"
    SUBMITTED = "submitted", "ingediend"
    CHECKING = "checking", "wordt beoordeeld"
    INCOMPLETE = "incomplete", "aanvulling gevraagd"
    ACCEPTED = "accepted", "akkoord"
    OVERDUE = "overdue", "te laat"
    EX_OFFICIO = "ex_officio", "zonder verantwoording vastgesteld"


A = AccountState
_APPLICANT, _LEADER = "schoolbestuur", "projectleider"

ACCOUNT_WORKFLOW = Workflow(
    "Verantwoording",
    AccountState,
    [
        Transition("open", frozenset({A.NOT_DUE}), A.DUE, "Verantwoording vragen", "systeem"),
        Transition(
            "submit",
            frozenset({A.DUE, A.OVERDUE}),
            A.SUBMITTED,
            "Verantwoording indienen",
            _APPLICANT,
        ),
        Transition("lapse", frozenset({A.DUE}), A.OVERDUE, "Te laat", "systeem"),
        Transition("check", frozenset({A.SUBMITTED}), A.CHECKING, "Beoordelen", _LEADER),
        Transition(
            "ask_completion", frozenset({A.CHECKING}), A.INCOMPLETE, "Aanvulling vragen", _LEADER
        ),
        Transition(
            "complete", frozenset({A.INCOMPLETE}), A.CHECKING, "Aanvulling indienen", _APPLICANT
        ),
        Transition(
            "resume", frozenset({A.INCOMPLETE}), A.CHECKING, "Termijn voor aanvulling om", "systeem"
        ),
        Transition(
            "accept", frozenset({A.CHECKING}), A.ACCEPTED, "Verantwoording akkoord", _LEADER
        ),
        Transition(
            "determine_without",
            frozenset({A.OVERDUE}),
            A.EX_OFFICIO,
            "Zonder verantwoording vaststellen",
            "systeem, als het besluit is verstuurd",
        ),
    ],
)
# What the recipient may still write.
EDITABLE = (A.DUE, A.OVERDUE, A.INCOMPLETE)
ACCOUNT_BADGES = {
    A.NOT_DUE: "inactive",
    A.DUE: "warning",
    A.SUBMITTED: "neutral",
    A.CHECKING: "neutral",
    A.INCOMPLETE: "warning",
    A.ACCEPTED: "success",
    A.OVERDUE: "danger",
    A.EX_OFFICIO: "inactive",
}


class RecoveryState(TextChoices):
    PROPOSED = "proposed", "voorgesteld"
    DECIDED = "decided", "besloten"
    SENT = "sent", "verstuurd"
    PARTLY_PAID = "partly_paid", "deels betaald"
    PAID = "paid", "betaald"
    OVERDUE = "overdue", "te laat"
    REMINDED = "reminded", "aangemaand"
    ENFORCED = "enforced", "dwangbevel"
    SET_OFF = "set_off", "verrekend"
    DEFERRED = "deferred", "uitstel van betaling"
    WAIVED = "waived", "kwijtgescholden"
    TIME_BARRED = "time_barred", "verjaard"


R = RecoveryState
_OWED = frozenset({R.SENT, R.PARTLY_PAID, R.OVERDUE, R.REMINDED, R.ENFORCED, R.DEFERRED})

RECOVERY_WORKFLOW = Workflow(
    "Terugvordering",
    RecoveryState,
    [
        Transition(
            "decide", frozenset({R.PROPOSED}), R.DECIDED, "Besluit genomen", "ondertekenaar"
        ),
        Transition("send", frozenset({R.DECIDED}), R.SENT, "Besluit verstuurd", "systeem"),
        # Who pays a part after the term, or of what was put off, stays where the claim is.
        Transition(
            "pay_part",
            frozenset({R.SENT, R.PARTLY_PAID}),
            R.PARTLY_PAID,
            "Deel ontvangen",
            _LEADER,
        ),
        Transition("pay", _OWED, R.PAID, "Alles ontvangen", _LEADER),
        Transition(
            "lapse",
            frozenset({R.SENT, R.PARTLY_PAID, R.DEFERRED}),
            R.OVERDUE,
            "Te laat",
            "systeem",
        ),
        Transition("remind", frozenset({R.OVERDUE}), R.REMINDED, "Aanmanen", _LEADER),
        Transition("enforce", frozenset({R.REMINDED}), R.ENFORCED, "Dwangbevel", _LEADER),
        Transition("set_off", _OWED, R.SET_OFF, "Verrekenen", _LEADER),
        Transition(
            "defer",
            frozenset({R.SENT, R.PARTLY_PAID, R.OVERDUE, R.REMINDED}),
            R.DEFERRED,
            "Uitstel geven",
            _LEADER,
        ),
        Transition("waive", frozenset({R.PROPOSED}) | _OWED, R.WAIVED, "Kwijtschelden", _LEADER),
        Transition("bar", frozenset({R.PROPOSED}) | _OWED, R.TIME_BARRED, "Verjaard", "systeem"),
    ],
)
RECOVERY_OPEN = tuple(sorted(_OWED))
RECOVERY_ENDED = (R.PAID, R.SET_OFF, R.WAIVED, R.TIME_BARRED)
RECOVERY_BADGES = {
    R.PROPOSED: "neutral",
    R.DECIDED: "neutral",
    R.SENT: "warning",
    R.PARTLY_PAID: "warning",
    R.PAID: "success",
    R.OVERDUE: "danger",
    R.REMINDED: "danger",
    R.ENFORCED: "danger",
    R.SET_OFF: "success",
    R.DEFERRED: "warning",
    R.WAIVED: "inactive",
    R.TIME_BARRED: "inactive",
}
