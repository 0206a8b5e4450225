"""Four agreements on which something happens now: talked about, to sign, changed and looked back on."""

from datetime import date, datetime, timedelta

from agreements.models import AgreementVersion, ProgrammeYear, ResultAgreement
from agreements.services import (
    analysis_files,
    clauses,
    commenting,
    drafting,
    editing,
    ending,
    negotiation,
    signing,
)
from agreements.states import ClauseCode
from ikc.models import AreaRecalibration
from monitoring.demo.agreements import conclude, signer_for
from monitoring.demo.paper import SUPPORT_PDF
from monitoring.demo.people import World

YEAR_FIVE = 5
REASONS = (
    "De wijk is veranderd: er zijn meer jonge gezinnen komen wonen. De partijen stellen bij wat zij vanaf"
    " 2026/27 willen bereiken.",
    "De jaarlijkse evaluatie laat zien dat het overleg tussen school en opvang meer tijd vraagt.",
    "Na de evaluatie over 2025 leggen de partijen de inzet van de medewerkers anders vast.",
)
# From the programme year 2026/27 on, new agreements say sooner when the parties talk.
DISPUTES = (
    "Zijn de partijen het niet eens over de uitleg of de uitvoering van deze afspraak, dan bespreken zij dat eerst met"
    " elkaar, binnen vier weken. Daarna bespreken zij het in het bestuurlijk overleg. Komen zij er dan nog niet uit, dan"
    " kiezen zij samen een onafhankelijke bemiddelaar."
)
RECALIBRATED = (
    "De herijking hield het gebied van dit IKC op de lijst. De partijen leggen vast dat de afspraak doorloopt en hoe zij"
    " sturen."
)
EVALUATIONS = (
    (2023, "on_track", "De partijen zien dat het aanbod groeit. De opzet blijft zoals zij is."),
    (
        2024,
        "adjust",
        "Het bereik van de voorschool blijft achter. De partijen zetten extra in op het gesprek met ouders.",
    ),
    (
        2025,
        "on_track",
        "De extra inzet werkt. Het team vraagt wel om rust in de personele bezetting.",
    ),
)


def make_negotiations(world: World, now: datetime) -> None:
    """One agreement in negotiation with comments, one to sign, one changed, one with evaluations."""
    agreements = list(ResultAgreement.objects.order_by("reference"))
    year = agreements[0].programme.years.get(index=YEAR_FIVE + 1)
    start = now - timedelta(days=30)
    clauses.change_clause(
        agreements[0].programme, ClauseCode.DISPUTES, text=DISPUTES, valid_from=date(2026, 8, 1),
        by=world.person("projectleider"), at=now - timedelta(days=150),
    )  # fmt: skip
    _talk(world, _next(world, agreements[1], year, REASONS[0], start), start)
    _to_sign(world, _next(world, agreements[2], year, REASONS[1], start), start)
    changed = _next(world, agreements[3], year, REASONS[2], now - timedelta(days=80))
    day = (now - timedelta(days=70)).date()
    conclude(world, changed, laid_on=day, offered_on=day + timedelta(days=10))
    _evaluate(world, agreements[4], now)


def make_recalibrated(world: World, now: datetime) -> None:
    """One agreement has a text before the parties that follows from the last review of the areas; after `make_areas`."""
    recalibration = AreaRecalibration.objects.exclude(effective_at=None).order_by("-year").first()
    agreements = list(ResultAgreement.objects.order_by("reference"))[5:]
    if recalibration is None or not agreements:
        return  # a municipality without attention areas in its facts
    version = drafting.draft_new_version(
        agreements[0], kind="recalibration", reason=RECALIBRATED, recalibration=recalibration,
        effective_year=agreements[0].programme.years.get(index=YEAR_FIVE + 1),
        by=world.person("projectleider"), at=now - timedelta(days=60),
    )  # fmt: skip
    texts = {"steering": "Elke zes weken overleggen de directeur en de locatiemanager."}
    editing.write_topics(
        version, texts=texts, by=world.person("projectleider"), at=now - timedelta(days=60)
    )
    negotiation.lay_before_parties(
        version, note="De tekst volgt op de herijking. Graag uw akkoord.",
        by=world.person("projectleider"), at=now - timedelta(days=12),
    )  # fmt: skip


def _next(
    world: World,
    agreement: ResultAgreement,
    year: ProgrammeYear,
    reason: str,
    at: datetime,
) -> AgreementVersion:
    """A bijstelling of the steering and the staff, from `year` on."""
    leader = world.person("projectleider")
    version = drafting.draft_new_version(
        agreement, kind="amendment", reason=reason, effective_year=year, by=leader, at=at
    )
    texts = {
        "steering": "Elke zes weken overleggen de directeur, de locatiemanager en de procesbegeleider. Zij"
        " beslissen samen over het aanbod en bereiden het gesprek met de partijen voor.",
    }
    editing.write_topics(version, texts=texts, by=leader, at=at)
    return version


def _talk(world: World, version: AgreementVersion, at: datetime) -> None:
    """Two revisions; one comment is answered and settled, two wait."""
    leader = world.person("projectleider")
    for analysis in version.analyses.order_by("pk")[:1]:
        analysis_files.keep_analysis_file(
            analysis, name="analyse-van-de-wijk.pdf", content=SUPPORT_PDF, by=leader, at=at
        )
    negotiation.lay_before_parties(
        version, note="De aansturing is nieuw. Graag uw reactie.", by=leader, at=at
    )
    _, board, childcare = version.parties.in_order()[:3]
    result = version.results.select_related("goal").order_by("goal__order", "number")[0]
    first = commenting.comment_on(
        version,
        ("topic", "steering"),
        text="Zes weken is lang. Kan het overleg elke maand?",
        by=signer_for(world, board),
        at=at + timedelta(days=2),
    )
    commenting.comment_on(
        version,
        ("result", str(result.pk)),
        text="Tellen peuters die verhuizen mee? Dat maakt voor ons veel uit.",
        by=signer_for(world, childcare),
        at=at + timedelta(days=3),
    )
    commenting.comment_on(
        version,
        ("party", str(childcare.pk)),
        text="Onze bestuurder wisselt in het voorjaar. Wie tekent dan?",
        by=signer_for(world, childcare),
        at=at + timedelta(days=3, hours=1),
    )
    commenting.answer(
        first,
        text="Akkoord. In de eerste twee jaar elke maand.",
        by=leader,
        at=at + timedelta(days=4),
    )
    texts = {
        "steering": "Elke maand overleggen de directeur, de locatiemanager en de procesbegeleider. Zij"
        " beslissen samen over het aanbod en bereiden het gesprek met de partijen voor.",
    }
    editing.write_topics(version, texts=texts, by=leader, at=at + timedelta(days=5))
    commenting.settle(
        first,
        outcome="Het overleg is nu elke maand.",
        by=leader,
        at=at + timedelta(days=5),
    )
    negotiation.lay_before_parties(
        version,
        note="Het overleg is nu elke maand.",
        by=leader,
        at=at + timedelta(days=6),
    )
    negotiation.agree(board, by=signer_for(world, board), at=at + timedelta(days=8))


def _to_sign(world: World, version: AgreementVersion, at: datetime) -> None:
    """All agreed, the school board signed; the others have yet to."""
    leader = world.person("projectleider")
    negotiation.lay_before_parties(version, by=leader, at=at)
    parties = list(version.parties.in_order())
    for n, party in enumerate(parties):
        negotiation.agree(party, by=signer_for(world, party), at=at + timedelta(days=3 + n))
    signing.offer_for_signing(version, by=leader, at=at + timedelta(days=10))
    signing.sign_version(parties[1], by=signer_for(world, parties[1]), at=at + timedelta(days=12))


def _evaluate(world: World, agreement: ResultAgreement, now: datetime) -> None:
    for year, outcome, text in EVALUATIONS:
        ending.evaluate(
            agreement,
            year=year,
            outcome=outcome,
            text=text,
            held_on=date(year, 12, 3),
            is_final=False,
            by=world.person("projectleider"),
            at=min(now, datetime(year, 12, 10, 10, tzinfo=now.tzinfo)),
        )
