"""Agreements for tests.

``AgreementFactory()`` is a fresh draft as the service makes it; ``complete=True`` fills it with
3 goals x 2 indicators x 8 targets; ``negotiated=True``, ``agreed=True``, ``offered=True`` and
``in_force=True`` take that through the real services. `version_of(agreement)` is the version to work with.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from unittest.mock import patch

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from agreements.calculations import linear_targets
from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    DataAnalysis,
    FundingSource,
    Goal,
    IndicatorDefinition,
    IndicatorDefinitionVersion,
    Measure,
    Programme,
    ProgrammeYear,
    ResultAgreement,
    StaffingCommitment,
    SteeringArrangement,
    YearTarget,
)
from agreements.services import negotiation, signing
from agreements.services.drafting import Frame, draft_agreement
from agreements.services.negotiation import agree, lay_before_parties
from agreements.services.signing import offer_for_signing, sign_version
from agreements.states import SIGNING_ROLE, PartyRole
from ikc.models import Organisation, User
from ikc.tests.factories import (
    ROLE_TRAITS,
    IkcFactory,
    IkcPartnerFactory,
    OrganisationFactory,
    UserFactory,
)
from kvk2.tests.worlds import world
from subsidies.models import SigningMandate

DRAFTED_AT = datetime(2021, 10, 1, 9, tzinfo=UTC)
LAID_AT = datetime(2021, 10, 15, 9, tzinfo=UTC)
OFFERED_AT = datetime(2021, 11, 1, 9, tzinfo=UTC)
SIGNED_AT = datetime(2021, 11, 15, 9, tzinfo=UTC)

GOALS = [
    ("inequality", "Verminderen van ongelijkheid"),
    ("quality", "Verbeteren van kwaliteit van onderwijs en opvang"),
    ("wellbeing", "Bevorderen van goede gezondheid en welzijn"),
]


class ProgrammeFactory(DjangoModelFactory):
    """Kansen voor Kinderen 2 with its eight school years and three goals; there is one, however often asked."""

    class Meta:
        model = Programme
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "kvk2"
    name = "Kansen voor Kinderen 2"
    start = date(2021, 1, 1)
    end = date(2028, 12, 31)

    @factory.post_generation
    def frame(programme, create, extracted):  # noqa: N805 - factory_boy passes the object itself
        if programme.years.exists():
            return
        ProgrammeYear.objects.bulk_create(
            ProgrammeYear(
                programme=programme,
                index=index,
                label=f"{2020 + index}/{21 + index}",
                start=date(2020 + index, 8, 1),
                end=min(date(2021 + index, 7, 31), programme.end),
                kind=ProgrammeYear.Kind.SCHOOL_YEAR,
            )
            for index in range(1, 9)
        )
        Goal.objects.bulk_create(
            Goal(programme=programme, order=order, code=code, title=title)
            for order, (code, title) in enumerate(GOALS, 1)
        )


class IndicatorDefinitionFactory(DjangoModelFactory):
    """A percentage of which more is better; the traits are the other kinds: `number=True`, `scale=True` and so on."""

    class Meta:
        model = IndicatorDefinition

    class Params:
        number = factory.Trait(type=IndicatorDefinition.Type.NUMBER, unit="keer")
        lower = factory.Trait(direction=IndicatorDefinition.Direction.LOWER)
        band = factory.Trait(direction=IndicatorDefinition.Direction.RANGE)
        amount = factory.Trait(type=IndicatorDefinition.Type.AMOUNT, unit="euro", decimals=2)
        scale = factory.Trait(type=IndicatorDefinition.Type.SCALE, unit="niveau")
        milestone = factory.Trait(type=IndicatorDefinition.Type.MILESTONE, unit="dag")

    code = factory.Sequence(lambda n: f"indicator-{n}")
    name = factory.Sequence(lambda n: f"Indicator {n:05d}")
    type = IndicatorDefinition.Type.PERCENTAGE
    unit = "%"
    decimals = 0
    direction = IndicatorDefinition.Direction.HIGHER


class DefinitionVersionFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorDefinitionVersion

    definition = factory.SubFactory(IndicatorDefinitionFactory)
    number = 1
    text = "Het deel van de kinderen dat meedoet."
    numerator = "kinderen die meedoen"
    denominator = "alle kinderen"
    source = "aanwezigheidslijsten"
    valid_min = Decimal(0)
    valid_max = Decimal(100)
    valid_from = date(2021, 8, 1)
    rubric = factory.LazyAttribute(
        lambda row: ["los", "overleg", "samen", "één team"] if row.definition.is_scale else []
    )


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = ResultAgreement

    ikc = factory.SubFactory(IkcFactory, plus=True)
    programme = factory.SubFactory(ProgrammeFactory)

    @classmethod
    def create(cls, **asked):
        return _agreement(**asked)

    @classmethod
    def _create(
        cls, model_class, *, ikc, programme, complete=False, offered=False, in_force=False,
        negotiated=False, agreed=False, childcare=1, effective_year=1, results_per_goal=1, **fields,
    ):  # fmt: skip
        _ensure_partners(ikc, childcare)
        version = draft_agreement(
            ikc,
            programme=programme,
            frame=Frame(date(2022, 1, 1), programme.end, programme.years.get(index=effective_year)),
            by=None,
            at=DRAFTED_AT,
            **fields,
        )
        if complete or negotiated or agreed or offered or in_force:
            fill(version, results_per_goal=results_per_goal)
        if negotiated:
            lay_before_parties(version, by=None, at=LAID_AT)
        if agreed or offered or in_force:
            agree_all(version)
        if offered or in_force:
            offer_for_signing(version, by=None, at=OFFERED_AT)
        if in_force:
            sign_all(version)
        return version.agreement


@world
def _agreement(**asked) -> ResultAgreement:
    return super(AgreementFactory, AgreementFactory).create(**asked)


def _ensure_partners(ikc, childcare: int) -> None:
    if not Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY).exists():
        OrganisationFactory(municipality=True)
    for _ in range(childcare - ikc.partners.count()):
        IkcPartnerFactory(ikc=ikc)


def version_of(agreement: ResultAgreement) -> AgreementVersion:
    return AgreementVersion.objects.filter(agreement=agreement).by_relevance()[0]


def fill(version: AgreementVersion, *, results_per_goal: int = 1) -> None:
    """Topics, signatories, contributions, and under each goal a result with two indicators."""
    AgreementTopic.objects.filter(version=version).update(text="Dit spreken wij af.")
    AgreementParty.objects.filter(version=version).update(
        signatory_name="Anne de Jong",
        signatory_function="bestuurder",
        mandate_reference="statuten, artikel 9",
    )
    source, _ = FundingSource.objects.get_or_create(code="oab", defaults={"name": "OAB"})
    Contribution.objects.bulk_create(
        Contribution(
            party=party,
            budget_year=2022,
            kind=Contribution.Kind.MONEY,
            amount=Decimal("12500.00"),
            description="inzet van uren en middelen",
            source=source,
        )
        for party in version.parties.in_order()
    )
    for goal in version.agreement.programme.goals.order_by("order"):
        for number in range(1, results_per_goal + 1):
            result = AgreedResult.objects.create(
                version=version,
                goal=goal,
                number=number,
                text="Meer kinderen doen mee aan het aanbod na schooltijd.",
                target_group="kinderen van 4 tot en met 12 jaar",
                change_kind=AgreedResult.ChangeKind.WHO_BENEFITS,
            )
            indicator_for(result, definition_named(f"meedoen-{goal.order}"), core=True)
            indicator_for(result, definition_named(f"overleg-{goal.order}", number=True))
    fill_means(version)


def fill_means(version: AgreementVersion) -> None:
    """An analysis, a measure for each result, a function and a body that steers."""
    years = list(version.agreement.programme.years.in_order())
    DataAnalysis.objects.create(
        version=version,
        title="Wijkanalyse",
        period="2018-2021",
        sources="Jeugdmonitor, CBS",
        findings="Minder kinderen doen mee aan het aanbod dan elders.",
    )
    Measure.objects.bulk_create(
        Measure(
            version=version,
            result=result,
            title="Elke middag aanbod",
            target_group="kinderen van 4 tot en met 12 jaar",
            planned_from=version.period_start,
            owner="IKC-directeur",
        )
        for result in version.results.order_by("pk")
    )
    StaffingCommitment.objects.create(
        version=version,
        function="youth",
        hours_per_week=Decimal(22),
        employer="JET",
        from_year=years[0],
        until_year=years[-1],
    )
    SteeringArrangement.objects.create(
        version=version,
        body="IKC-overleg",
        role="stuurt het team aan",
        frequency="elke maand",
        decision_rights="het aanbod",
    )


def definition_named(code: str, *, number: bool = False) -> IndicatorDefinitionVersion:
    """The same definition for every agreement of one test, as in the library."""
    present = IndicatorDefinitionVersion.objects.filter(definition__code=code).first()
    return present or DefinitionVersionFactory(
        definition__code=code,
        definition__number=number,
        definition__name="Keren overleg" if number else "Kinderen die meedoen",
    )


@transaction.atomic  # eight targets belong to it when a transaction ends
def indicator_for(
    result: AgreedResult,
    definition_version: IndicatorDefinitionVersion,
    *,
    start: int = 40,
    end: int = 80,
    core: bool = False,
    **fields,
) -> AgreedIndicator:
    """From `start` (40 of 100 children) to `end` in eight equal steps; the same steps for each type."""
    definition = definition_version.definition
    whole = definition.is_percentage
    if not definition.has_figures:
        return _stage_for(result, definition_version, core=core, **fields)
    indicator = AgreedIndicator.objects.create(
        **{
            "version": result.version,
            "result": result,
            "definition_version": definition_version,
            "baseline_status": AgreedIndicator.BaselineStatus.FINAL,
            "baseline_value": Decimal(start),
            "baseline_numerator": start if whole else None,
            "baseline_denominator": 100 if whole else None,
            "baseline_year": "2020/21",
            "baseline_source": "nulmeting van het IKC",
            "tolerance": Decimal(2),
            "is_core": core,
            **fields,
        }
    )
    years = result.version.agreement.programme.years.in_order()
    values = linear_targets(Decimal(start), Decimal(end), steps=8, decimals=0)
    YearTarget.objects.bulk_create(
        YearTarget(indicator=indicator, year=year, low=value, high=value + 10)
        if definition.is_range
        else YearTarget(indicator=indicator, year=year, value=value)
        for year, value in zip(years, values, strict=True)
    )
    return indicator


@transaction.atomic
def _stage_for(result, definition_version, *, core: bool, **fields) -> AgreedIndicator:
    """Of a scale the levels 1 to 4; of a milestone a day in the fourth year."""
    is_scale = definition_version.definition.is_scale
    indicator = AgreedIndicator.objects.create(
        **{
            "version": result.version,
            "result": result,
            "definition_version": definition_version,
            "baseline_status": "final" if is_scale else "none",
            "baseline_level": 1 if is_scale else None,
            "baseline_year": "2020/21" if is_scale else "",
            "assessor": "het onderzoeksbureau" if is_scale else "",
            "leeway_days": 0 if is_scale else 30,
            "is_core": core,
            **fields,
        }
    )
    YearTarget.objects.bulk_create(
        YearTarget(indicator=indicator, year=year, level=(year.index + 1) // 2)
        if is_scale
        else YearTarget(
            indicator=indicator, year=year, due_on=date(2025, 7, 1) if year.index == 4 else None
        )
        for year in result.version.agreement.programme.years.in_order()
    )
    return indicator


def signer_of(party: AgreementParty) -> User:
    """Somebody who holds the signing role of this party, made when there is nobody."""
    role = SIGNING_ROLE[PartyRole(party.role)]
    present = User.objects.filter(
        assignments__role=role, assignments__organisation=party.organisation_id
    )
    trait = next(name for name, given in ROLE_TRAITS.items() if given == role)
    user = present.order_by("pk").first() or UserFactory(
        **{trait: True}, organisation=party.organisation
    )
    if party.role == PartyRole.MUNICIPALITY:
        SigningMandate.objects.get_or_create(
            user=user,
            defaults={
                "number": "M-1",
                "max_amount": Decimal(1_000_000),
                "valid_from": date(2021, 1, 1),
            },
        )
    return user


def sign_all(version: AgreementVersion, *, at: datetime = SIGNED_AT) -> None:
    *others, last = version.parties.in_order().unsigned()
    with _nobody_edits():
        for party in others:
            sign_version(party, by=signer_of(party), at=at)
    sign_version(last, by=signer_of(last), at=at)


def agree_all(version: AgreementVersion, *, at: datetime = LAID_AT) -> None:
    """Lay the text before the parties, and let each of them agree with it."""
    lay_before_parties(version, by=None, at=at)
    *others, last = version.parties.in_order()
    with _nobody_edits():
        for party in others:
            agree(party, by=signer_of(party), at=at)
    agree(last, by=signer_of(last), at=at)


@contextmanager
def _nobody_edits() -> Iterator[None]:
    """Between two parties of a factory: that the text is still the same is asked of the last of them only."""
    with (
        patch.object(negotiation, "_unchanged_revision", negotiation.last_revision),
        patch.object(signing, "is_unchanged", return_value=True),
    ):
        yield


def offer(version: AgreementVersion, *, at: datetime = OFFERED_AT) -> AgreementVersion:
    """All the way from a draft, or from the negotiation, to a text that lies ready to sign."""
    agree_all(version, at=at)
    return offer_for_signing(version, by=None, at=at)
