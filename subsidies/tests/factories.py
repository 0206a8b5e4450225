"""Rounds and applications for tests, complete enough to be filed; one trait per state that matters.

What a round promises is fixed after adoption and what an applicant filed is fixed too (migration 0005), so
everything is made in draft, with its rows, and then moved to its state in one statement.

``SubsidyRoundFactory(open=True)``, ``ApplicationFactory(submitted=True, round=round_)``. A factory in another
file may add a state with ``move(application, state="advised", score=80)``.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from ikc.models import Ikc
from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.models import NumberSequence, StoredFile
from kvk2.core.storage import store
from subsidies.instalments import AccountDocument
from subsidies.letter_texts import PASSAGES
from subsidies.models import (
    ROW_MODELS,
    Activity,
    ActivityPlan,
    AmountFormula,
    Application,
    Attachment,
    BudgetLine,
    BudgetRule,
    Criterion,
    HistoricalRound,
    PriorityTier,
    SchemeVersion,
    StateAidAssessment,
    StateAidStatement,
    SubCeiling,
    SubsidyRound,
    SubsidyScheme,
)
from subsidies.states import ApplicationState, RoundState, SchemeState

OPENS_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOSES_AT = datetime(2026, 4, 15, 15, 0, tzinfo=UTC)
# While the default round is open.
DURING = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
AFTER = datetime(2026, 4, 16, 9, 0, tzinfo=UTC)

# The criteria of domain reference 7.3.
CRITERIA = (
    ("profiel", "Past bij het profiel van een IKC", 20),
    ("analyse", "Volgt uit de gegevens over kinderen en wijk", 25),
    ("aanbod", "Onderwijs en opvang in één lijn", 20),
    ("ouders", "Betrokkenheid van ouders", 15),
    ("domeinen", "Brede ontwikkeling", 10),
    ("draagvlak", "Draagvlak bij team, ouders en raad", 10),
)
# Smallest files that are what they say.
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def move(obj, **values):
    """Write `values` past the services; `obj` shows them afterwards."""
    type(obj).objects.filter(pk=obj.pk).update(**values)
    obj.refresh_from_db()
    return obj


class SubsidySchemeFactory(DjangoModelFactory):
    class Meta:
        model = SubsidyScheme

    name = factory.Sequence(lambda n: f"Subsidieregeling IKC-ontwikkeling {n:05d}")


IN_FORCE = {
    "decision_number": "B&W 2019-400",
    "decided_on": date(2019, 11, 1),
    "publication_reference": "Gemeenteblad 2019, 999",
    "published_on": date(2019, 11, 8),
}


class SchemeVersionFactory(DjangoModelFactory):
    """A complete version in force; `draft=True` leaves it in draft, `bare=True` without rows."""

    class Meta:
        model = SchemeVersion
        skip_postgeneration_save = True

    scheme = factory.SubFactory(SubsidySchemeFactory)
    number = 1
    citation = factory.SelfAttribute("scheme.name")
    decision_term_weeks = 13
    completion_term_days = 14
    activities = "Activiteiten die onderwijs en opvang in een IKC in één lijn brengen."
    valid_from = date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, bare=False, draft=False, **fields):
        version = super()._create(model_class, *args, **fields)
        if not bare:
            fill_version(version)
        return version if draft else move(version, state=SchemeState.IN_FORCE, **IN_FORCE)


def fill_version(version: SchemeVersion) -> None:
    """The rows of the published scheme of 2025 and of domain reference 3.8 and 3.14."""
    for relation, rows in SCHEME_ROWS.items():
        model = ROW_MODELS[relation]
        model.objects.bulk_create(
            model(version=version, order=order, **row) for order, row in enumerate(rows, 1)
        )


SCHEME_ROWS = {
    "legal_bases": [
        {"kind": "awb", "text": "artikel 4:23 Awb"},
        {"kind": "asv", "text": "Algemene subsidieverordening Leeuwarden"},
    ],
    "accountability": [
        {
            "band": "activity",
            "up_to": Decimal(50_000),
            "documents": ["activity_report"],
            "due_weeks": 13,
        },
        {"band": "full", "documents": list(AccountDocument), "due_weeks": 13},
    ],
    "obligations": [
        {
            "theme": "execution",
            "text": "U voert de activiteiten uit waarvoor u de subsidie krijgt.",
        },
        {"theme": "reporting", "text": "U meldt het ons direct als activiteiten niet doorgaan."},
        {"theme": "administration", "text": "U bewaart uw administratie zeven jaar."},
        {"theme": "monitoring", "text": "U werkt mee aan de jaarlijkse monitoring."},
    ],
    "budget_rules": [
        {"kind": "hourly_rate", "limit": Decimal(80)},
        {"kind": "preparation", "limit": Decimal(40)},
        {"kind": "overhead", "limit": Decimal(20)},
    ],
    "refusal_grounds": [
        {
            "code": "ceiling",
            "text": "het subsidieplafond is bereikt",
            "article": "artikel 4:25, tweede lid, Awb",
            "compulsory": True,
        },
        {
            "code": "eligibility",
            "text": "dit deel niet in aanmerking komt voor subsidie",
            "article": "artikel 4:31 Awb",
        },
        {
            "code": "state_aid",
            "text": "de subsidie niet verenigbaar is met de interne markt",
            "article": "artikel 4:35, derde lid, Awb",
            "needs_view": True,
            "compulsory": True,
        },
        {
            "code": "insolvent",
            "text": "er sprake is van faillissement",
            "article": "artikel 4:35, tweede lid, onder b, Awb",
            "needs_view": True,
        },
        {
            "code": "late",
            "text": "de aanvraag te laat is ingediend",
            "article": "de regeling",
        },
        {
            "code": "scheme_criteria",
            "text": "de aanvraag niet aan de regeling voldoet",
            "article": "de regeling",
        },
    ],
    "letter_texts": [{"code": code, "text": passage.example} for code, passage in PASSAGES.items()],
}


ADOPTED = {"decision_number": "B&W 2026-017", "decided_on": date(2026, 1, 20)}
PUBLISHED = {
    **ADOPTED,
    "publication_reference": "Gemeenteblad 2026, 12345",
    "published_on": date(2026, 2, 2),
}
ROUND_STATES = {
    "adopted": ADOPTED,
    **dict.fromkeys(
        ("published", "open", "closed", "assessing", "advised", "decided", "settled"), PUBLISHED
    ),
    "cancelled": {"cancellation_reason": "Er is geen geld."},
}


class SubsidyRoundFactory(DjangoModelFactory):
    """A complete draft; `open=True` and the names of the other states move it there. `bare=True`: without rows."""

    class Meta:
        model = SubsidyRound
        skip_postgeneration_save = True

    scheme_version = factory.SubFactory(SchemeVersionFactory)
    name = factory.Sequence(lambda n: f"Ronde IKC-ontwikkeling {n:05d}")
    year = 2026
    description = "Voor IKC’s die onderwijs en opvang in één lijn brengen."
    eligible_forms = factory.LazyFunction(lambda: list(Ikc.Form.values))
    opens_at = OPENS_AT
    closes_at = CLOSES_AT
    period_start = date(2026, 8, 1)
    period_end = date(2027, 7, 31)
    reference_date = date(2026, 2, 1)
    ceiling = Decimal("350000.00")
    floor = Decimal("5000.00")
    min_score = Decimal("55.00")
    lottery_seed = "Gemeenteblad 2026, 12345"
    partner_confirmation = SubsidyRound.PartnerRule.OPTIONAL

    @classmethod
    def _create(cls, model_class, *args, bare=False, **fields):
        states = [name for name in ROUND_STATES if fields.pop(name, False)]
        round_ = super()._create(model_class, *args, **fields)
        if not bare:
            _fill_round(round_)
        for name in states:
            move(round_, state=RoundState(name), **ROUND_STATES[name])
        return round_


def _fill_round(round_: SubsidyRound) -> None:
    Criterion.objects.bulk_create(
        Criterion(
            round=round_, order=order, code=code, name=name, question=f"{name}?", weight=weight
        )
        for order, (code, name, weight) in enumerate(CRITERIA, 1)
    )
    plus, regular = AmountFormula.Group.PLUS, AmountFormula.Group.REGULAR
    AmountFormula.objects.bulk_create(
        [
            AmountFormula(round=round_, group=plus, base=Decimal(5000), per_child=Decimal(105)),
            AmountFormula(round=round_, group=regular, base=Decimal(2500), per_child=Decimal(85)),
        ]
    )
    BudgetRule.objects.bulk_create(
        BudgetRule(round=round_, order=order, **row)
        for order, row in enumerate(SCHEME_ROWS["budget_rules"], 1)
    )
    PriorityTier.objects.bulk_create(
        [
            PriorityTier(round=round_, rank=1, rule=PriorityTier.Rule.PLUS),
            PriorityTier(round=round_, rank=2, rule=PriorityTier.Rule.ATTENTION_AREA),
        ]
    )


def add_parts(round_: SubsidyRound, **amounts) -> list[SubCeiling]:
    """Parts of the ceiling of a draft, by rule, in the order given."""
    return [
        SubCeiling.objects.create(
            round=round_,
            order=order,
            code=rule.replace("_", "-"),
            name=SubCeiling.Rule(rule).label,
            rule=rule,
            amount=amount,
        )
        for order, (rule, amount) in enumerate(amounts.items(), 1)
    ]


class HistoricalRoundFactory(DjangoModelFactory):
    class Meta:
        model = HistoricalRound

    year = 2021
    amount = Decimal(750_000)
    ikc_count = 29
    count_means = "IKC’s die subsidie kregen"
    source = "Programmadocument Kansen voor Kinderen 2, bladzijde 4"


FILED_AT = DURING
APPLICATION_STATES = {
    state.value: state for state in ApplicationState if state is not ApplicationState.DRAFT
}


class ApplicationFactory(DjangoModelFactory):
    """A draft that is complete and can be signed; `submitted=True` and the names of the other states file it.

    `director` signs it (made when not given). `bare=True`: nothing filled in. `lines=False`: no budget lines.
    """

    class Meta:
        model = Application

    round = factory.SubFactory(SubsidyRoundFactory, open=True)
    ikc = factory.SubFactory(IkcFactory)
    board = factory.SelfAttribute("ikc.board")
    title = factory.Sequence(lambda n: f"Samen groeien {n:05d}")
    created_at = DURING
    saved_at = DURING
    contact_name = "Sanne de Boer"
    contact_email = "directeur@ikc.example"
    contact_phone = "058 123 45 67"
    mandate_reference = "Machtigingsbesluit 7"
    children_0_1 = 20
    children_2_3 = 25
    children_4_12 = 150
    requested_amount = Decimal("15000.00")
    applied_elsewhere = False

    @classmethod
    def _create(cls, model_class, *args, director=None, bare=False, lines=True, **fields):
        states = [name for name in APPLICATION_STATES if fields.pop(name, False)]
        filed = {
            name: fields.pop(name)
            for name in ("number", "received_at", "tier", "is_plus", "score", "granted_amount")
            if name in fields
        }
        director = director or UserFactory(director=True, ikc=fields["ikc"])
        if bare:
            for name in ("title", "contact_phone"):
                fields[name] = ""
            for name in ("children_0_1", "children_2_3", "children_4_12", "requested_amount"):
                fields[name] = None
            fields["applied_elsewhere"] = None
        application = super()._create(model_class, *args, created_by=director, **fields)
        if bare:
            ActivityPlan.objects.create(application=application)
        else:
            _fill_application(application, lines=lines)
        with transaction.atomic():  # the number is taken under a lock
            for name in states:
                move(application, **{**_filed(application, director, name), **filed})
        if PAST_THE_CHECK & set(states):
            _assess_state_aid(application, director)
        return application


PAST_THE_CHECK = {"admitted", "in_review", "advised", "intent", "decided"}


def _assess_state_aid(application: Application, by) -> None:
    """As the admission does: no money reaches an undertaking."""
    StateAidAssessment.objects.create(
        application=application,
        outcome="no_economic_activity",
        motivation="Bekostigd onderwijs.",
        assessed_at=FILED_AT,
        assessed_by=by,
    )


def _filed(application: Application, director, name: str) -> dict:
    """The facts of a filed application in state `name`."""
    state = APPLICATION_STATES[name]
    if state is ApplicationState.LAPSED:
        return {"state": state}
    amount = application.requested_amount
    prefix = f"KVK2-{application.round.year}-"
    return {
        "state": state,
        "number": f"{prefix}{NumberSequence.take(prefix):04d}",
        "received_at": FILED_AT,
        "signed_by": director,
        "signed_name": director.full_name,
        "signed_job_title": "directeur",
        "max_amount": max(amount, Decimal("17375.00")),
        "eligible_amount": amount,
        "tier": 3,
        "complete_at": FILED_AT if state is not ApplicationState.SUBMITTED else None,
    }


def _fill_application(application: Application, *, lines: bool) -> None:
    ActivityPlan.objects.create(
        application=application,
        summary="Een doorgaande lijn voor kinderen van 2 tot en met 12 jaar.",
        analysis="De taalontwikkeling blijft achter bij een derde van de kinderen.",
        integrated_offer="Leerkrachten en pedagogisch medewerkers bereiden samen voor.",
        parent_involvement="Ouders doen mee in de ouderkamer.",
        support="De MR, de oudercommissie en het team staan achter het plan.",
    )
    ActivityFactory(application=application)
    StateAidStatement.objects.create(application=application, reaches_undertaking=False)
    if lines:
        expenditure, income = BudgetLine.Side.EXPENDITURE, BudgetLine.Side.INCOME
        professional, own = BudgetLine.Kind.PROFESSIONAL, BudgetLine.Kind.OWN_BOARD
        requested = application.requested_amount
        BudgetLine.objects.bulk_create(
            [
                BudgetLine(
                    application=application,
                    order=1,
                    side=expenditure,
                    kind=professional,
                    description="vakdocenten in de naschoolse uren",
                    amount=requested + 1000,
                ),
                BudgetLine(
                    application=application,
                    order=1,
                    side=income,
                    kind=own,
                    description="eigen bijdrage van het bestuur",
                    amount=Decimal(1000),
                ),
            ]
        )
    AttachmentFactory(application=application)


class ActivityFactory(DjangoModelFactory):
    """A complete activity within the subsidy period of the round."""

    class Meta:
        model = Activity

    application = factory.SubFactory(ApplicationFactory)
    order = 1
    key = factory.Sequence(lambda n: f"rij-{n}")
    title = "Muziek en taal in de middag"
    description = "Elke week taal, muziek en bewegen, van augustus tot juli."
    age_groups = factory.LazyFunction(lambda: ["age_2_3", "age_4_7"])
    target_group = "peuters en kleuters"
    domains = factory.LazyFunction(lambda: ["language", "movement"])
    goals = factory.LazyFunction(lambda: ["inequality"])
    finding = "De taalontwikkeling blijft achter."
    starts_on = factory.SelfAttribute("application.round.period_start")
    ends_on = factory.SelfAttribute("application.round.period_end")
    reach = 40
    paid_otherwise = False


class AttachmentFactory(DjangoModelFactory):
    """A small PDF, really stored; as proof of support unless told otherwise."""

    class Meta:
        model = Attachment

    application = factory.SubFactory(ApplicationFactory)
    kind = Attachment.Kind.SUPPORT

    @classmethod
    def _create(
        cls, model_class, *args, name="instemming-mr.pdf", content=PDF, scan_state="clean", **fields
    ):
        stored = store(
            content,
            name=name,
            content_type="application/pdf",
            scan_state=StoredFile.ScanState.PENDING,
            by=fields["application"].created_by,
            at=DURING,
        )
        if scan_state != StoredFile.ScanState.PENDING:
            stored.scan_state, stored.scanned_at = scan_state, DURING
        if scan_state == StoredFile.ScanState.INFECTED:  # nothing of it is kept
            stored.file.delete(save=False)
            stored.signature = "Win.Test.EICAR_HDB-1"
        stored.save()
        return super()._create(model_class, *args, stored=stored, **fields)


def open_round(**fields):
    """A round that is open now."""
    now = timezone.now()
    return SubsidyRoundFactory(
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10), open=True, **fields
    )
