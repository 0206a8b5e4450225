"""One of every document of the catalogue (L01-L32) and every other PDF of the cases, from frozen samples.

The yearly reports (L28, L29) have samples and tests of their own in `monitoring`; L33 is an e-mail.

Where the length of the text differs much from case to case there is a long one beside the usual one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from agreements.agreement_pdf import AgreementDocument, SignedBy, render_agreement
from agreements.documents import (
    AgreementText,
    ClauseText,
    ContributionText,
    GoalText,
    IndicatorText,
    PartyText,
    ResultText,
    TargetText,
    TopicText,
)
from agreements.states import ClauseCode, TopicCode
from kvk2.core.documents import Frozen
from subsidies import documents
from subsidies.documents_interests import (
    Declared,
    DeclaredMember,
    InterestsContext,
    render_interests,
)
from subsidies.documents_lottery import DrawnPlace, LotteryContext, render_lottery
from subsidies.documents_meetings import (
    MinutedChange,
    MinutedItem,
    MinutesContext,
    render_minutes,
)
from subsidies.documents_notices import render_term_notice
from subsidies.documents_penalty import PenaltyContext, PenaltyStep, render_penalty
from subsidies.documents_plus import (
    PlusDecisionPart,
    PlusLetterContext,
    PlusLetterKind,
    render_plus_letter,
)
from subsidies.documents_proposal import ProposalContext, ProposedDecision, render_proposal
from subsidies.documents_standard import StandardLetterContext, render_standard
from subsidies.documents_subsidy_register import OverviewContext, OverviewRow, render_overview
from subsidies.documents_terms import (
    IntentContext,
    render_completion,
    render_intent,
    render_not_processed,
)
from subsidies.letter_catalogue import letter_types
from subsidies.letter_catalogue.kinds import FieldKind, MergeValues, table
from subsidies.letter_examples import example_letter
from subsidies.letter_texts import EXAMPLES, LetterTextCode
from subsidies.models import Letter, SubsidyRound
from subsidies.publication import Publication, Section, render_publication
from subsidies.services.letters import CONTEXTS
from subsidies.services.standard_letters import remedy_of
from subsidies.tests import letter_samples as letters

AT = datetime(2026, 5, 20, 8, 30, tzinfo=UTC)
TODAY = date(2026, 5, 20)
LONG = (
    "Het IKC werkt met een team van onderwijs, opvang en jeugdhulp samen aan één aanbod voor kinderen van 0 tot en met "
    "12 jaar. De begroting laat zien waar het geld heen gaat, maar de uren van de vakdocenten staan er twee keer in. "
    "Wij vroegen u daarom op 14 april om een toelichting, die u op 28 april gaf. "
) * 3
LONG_NAME = "Vereniging voor Christelijk en Openbaar Primair en Speciaal Onderwijs Noordelijke Wouden en Waadhoeke"
LONG_ADDRESSEE = replace(
    letters.ADDRESSEE,
    organisation=LONG_NAME,
    lines=(
        "Burgemeester Van Harinxma thoe Slooten-plein 123 achter",
        "1000 AB Voorbeeld aan de Vaart",
    ),
)
# Letters of the catalogue with lists, tables and reasons of any length.
MUCH = ("L12O", "L21")
Maker = Callable[[], bytes]


def papers() -> dict[str, tuple[Maker, Frozen | None]]:
    """Per name, which begins with its code: how the PDF is made, and the frozen content that it is made from."""
    made: dict[str, tuple[Maker, Frozen | None]] = {}
    for name, render, context in [*_letters(), *_standard(), *_plus(), *_others()]:
        made[name] = (lambda render=render, context=context: render(context), context)
    made["L23"] = (_announcement, None)
    return made


def _letters() -> Iterator[tuple[str, Callable[[Any], bytes], Frozen]]:
    """The letters with a form of their own (L01-L10)."""
    long = {"addressee": LONG_ADDRESSEE}
    yield "L01", documents.render_receipt, letters.RECEIPT
    yield "L01-lang", documents.render_receipt, replace(letters.RECEIPT, **long, **_long_receipt())
    yield "L02", render_completion, letters.COMPLETION
    yield "L03", render_not_processed, letters.NOT_PROCESSED
    notices = [code for code, context in CONTEXTS.items() if context is type(letters.LATER)]
    for code in notices:
        yield str(code), render_term_notice, replace(letters.LATER, subject=Letter.Code(code).label)
    yield "L04D", render_penalty, PENALTY
    yield "L06", documents.render_advice, letters.ADVICE
    yield "L07", render_intent, INTENT
    yield "L08", documents.render_letter, letters.GRANT
    yield "L08-lang", documents.render_letter, replace(letters.GRANT, **long, **_long_grant())
    yield "L09", documents.render_letter, letters.PARTIAL_GRANT
    yield "L10", documents.render_letter, letters.REFUSAL


def _long_receipt() -> dict[str, Any]:
    row = letters.RECEIPT.costs[0]
    return {
        "sections": tuple(
            replace(
                section, answers=tuple(replace(answer, text=LONG * 2) for answer in section.answers)
            )
            for section in letters.RECEIPT.sections
        ),
        "costs": tuple(
            replace(row, description=f"{row.description} {place}") for place in range(30)
        ),
    }


def _long_grant() -> dict[str, Any]:
    duty, part = letters.GRANT.obligations[0], letters.GRANT.advances[0]
    return {
        "motivation": (LONG,) * 5,
        "activities": tuple(f"Activiteit {place}: {LONG[:160]}" for place in range(1, 13)),
        "obligations": (duty,) * 12,
        "advances": (part,) * 8,
    }


def _standard() -> Iterator[tuple[str, Callable[[Any], bytes], Frozen]]:
    """Every letter of the catalogue, with its own text and invented facts."""
    for code, kind in letter_types().items():
        letter = replace(
            example_letter(
                code, kind.subject.strip(), kind.body.strip(), remedy=remedy_of(code), today=TODAY
            ),
            municipality=letters.MUNICIPALITY,
        )
        yield code, render_standard, letter
        if code in MUCH:
            yield f"{code}-lang", render_standard, _lengthened(letter)


def _lengthened(letter: StandardLetterContext) -> StandardLetterContext:
    fields = letter_types()[letter.code].fields
    long: dict[FieldKind, Any] = {
        FieldKind.LINES: tuple(f"{place}. {LONG[:220]}" for place in range(1, 11)),
        FieldKind.TABLE: table(
            "Zo komen wij aan het bedrag",
            ("Onderdeel", "Begroot", "Werkelijk"),
            [
                (f"Kostensoort nummer {place} met een lange naam", "€ 10.000,00", "€ 9.512,34")
                for place in range(28)
            ],
            total=("Samen", "€ 280.000,00", "€ 266.345,52"),
            numeric=(1, 2),
        ),
    }
    values = {name: long[field.kind] for name, field in fields.items() if field.kind in long}
    extra = MergeValues.sort_out(values, fields)
    decision = letter.decision and replace(letter.decision, motivation=(LONG,) * 4)
    return replace(
        letter,
        addressee=LONG_ADDRESSEE,
        values=replace(letter.values, lines=extra.lines, tables=extra.tables),
        decision=decision,
    )


def _plus() -> Iterator[tuple[str, Callable[[Any], bytes], Frozen]]:
    yield "L24", render_plus_letter, PLUS
    yield (
        "L25-voortgezet",
        render_plus_letter,
        replace(PLUS, kind=PlusLetterKind.CONTINUED, decision=None),
    )
    heard = {
        "view": (
            "U schreef dat het team net is versterkt. Dat verandert de ligging van het IKC niet.",
        ),
        "run_out": ("De jeugdondersteuner blijft tot en met 31 juli 2027. Daarna stopt de inzet.",),
    }
    for kind in (PlusLetterKind.ENDED, PlusLetterKind.NOT_EXTENDED):
        yield f"L25-{kind.value}", render_plus_letter, replace(PLUS, kind=kind, **heard)


def _others() -> Iterator[tuple[str, Callable[[Any], bytes], Frozen]]:
    yield "L26", render_agreement, AGREEMENT
    yield "L27", render_agreement, ADDENDUM
    yield "L30", render_interests, INTERESTS
    yield "L31", render_lottery, LOTTERY
    yield (
        "L31-hand",
        render_lottery,
        replace(LOTTERY, by_hand=True, seed="", places=_by_hand(LOTTERY)),
    )
    yield "L32", render_overview, _overview(3)
    yield "L32-lang", render_overview, _overview(80)
    yield "verslag", render_minutes, MINUTES
    yield "voorstel", render_proposal, PROPOSAL


def _announcement() -> bytes:
    round_ = SubsidyRound(
        name="IKC-ontwikkeling 2026", decision_number="B-2026-14", decided_on=TODAY
    )
    sections = (
        Section("Besluit", (LONG,)),
        Section("Wie kan aanvragen", ("Plus IKC", "IKC in een aandachtsgebied"), is_list=True),
    )
    return render_publication(
        round_, Publication("Subsidieplafond IKC-ontwikkeling 2026", sections), today=TODAY
    )


def _by_hand(lottery: LotteryContext) -> tuple[DrawnPlace, ...]:
    return tuple(replace(row, sha256="") for row in lottery.places)


def _overview(count: int) -> OverviewContext:
    row = OverviewRow(
        "SR-2026-0014",
        "verlening",
        TODAY,
        "Stichting De Brug",
        "Kindcentrum De Lindeboom",
        "Noord",
        Decimal("62500.00"),
    )
    rows = tuple(replace(row, code=f"SR-2026-{place:04}") for place in range(count))
    return OverviewContext(letters.MUNICIPALITY, 2026, AT, row.amount * count, Decimal(0), rows)


INTENT = IntentContext(
    municipality=letters.MUNICIPALITY,
    addressee=letters.ADDRESSEE,
    sent_on=TODAY,
    reference="KVK2-2026-0014-Z1",
    application=letters.APPLICATION,
    intention="uw aanvraag af te wijzen",
    reasons=("De activiteiten vallen buiten de regeling.",),
    due_on=date(2026, 6, 10),
    intent_text=EXAMPLES[LetterTextCode.INTENT],
    contact="P. Leider",
    url="https://portaal.voorbeeld.example/zienswijzen/3/",
)
PENALTY = PenaltyContext(
    municipality=letters.MUNICIPALITY,
    addressee=letters.ADDRESSEE,
    sent_on=TODAY,
    reference="KVK2-2026-0014-B3",
    application=letters.APPLICATION,
    amount=Decimal("1019.00"),
    days=25,
    steps=(
        PenaltyStep("1 tot en met 14 juli 2026", 14, Decimal("23.00"), Decimal("322.00")),
        PenaltyStep("15 tot en met 25 juli 2026", 11, Decimal("35.00"), Decimal("385.00")),
    ),
    motivation=("U stelde ons op 15 juni 2026 in gebreke.",),
    objection=letters.REFUSAL.objection,
    signature=letters.REFUSAL.signature,
    objection_text=EXAMPLES[LetterTextCode.OBJECTION],
)
PLUS = PlusLetterContext(
    kind=PlusLetterKind.GRANTED,
    municipality=letters.MUNICIPALITY,
    addressee=letters.ADDRESSEE,
    sent_on=TODAY,
    reference="PLUS-14-1",
    programme="Kansen voor Kinderen 2",
    ikc="Kindcentrum De Lindeboom",
    area="Noord",
    valid_from=date(2026, 1, 1),
    valid_until=date(2028, 12, 31),
    motivation=("Het team en de besturen zijn bereid om acht jaar mee te doen.",),
    contact="P. Leider",
    decision=PlusDecisionPart(
        objection=letters.REFUSAL.objection,
        objection_text=EXAMPLES[LetterTextCode.OBJECTION],
        signature=letters.REFUSAL.signature,
    ),
)
YEARS = tuple(f"{year}/{year - 1999}" for year in range(2021, 2029))


def _indicator(name: str, *values: str, share: bool = True) -> IndicatorText:
    return IndicatorText(
        series="x", code=name, name=name, type="percentage" if share else "number", unit="kinderen" if share else "keer per jaar",
        decimals=0, direction="higher", definition="Kinderen die ten minste twee keer per week meedoen.",
        definition_number=1, numerator="", denominator="", source="telling van het IKC", min_n=10, rubric=(), aim="improve",
        baseline_status="final", baseline="40", baseline_numerator=40 if share else None,
        baseline_denominator=100 if share else None, baseline_year="2020/21", baseline_source="nulmeting van het IKC",
        baseline_planned_year=None, baseline_level=None, tolerance="2", leeway_days=0, assessor="", core=share,
        targets=tuple(TargetText(year, value, None, None, None, None, "") for year, value in zip(YEARS, values, strict=True)),
    )  # fmt: skip


def _goal(code: str, title: str, last: str) -> GoalText:
    values = ("45", "50", "55", "60", "65", "70", "75", last)
    indicators = (
        _indicator("Kinderen die meedoen", *values),
        _indicator("Keren overleg", *values, share=False),
    )
    result = ResultText(
        1,
        "Meer kinderen doen mee aan het aanbod na schooltijd.",
        "kinderen van 4 tot en met 12 jaar",
        "who_benefits",
        indicators,
    )
    return GoalText(code, title, (result,))


def _party(role: str, name: str, amount: str) -> PartyText:
    rows = tuple(
        ContributionText(year, "", "money", amount, "inzet van middelen")
        for year in range(2022, 2029)
    )
    hours = (ContributionText(2022, "", "hours", "120.00", "overleg en scholing"),)
    return PartyText(role, name, "A. de Jong", "bestuurder", "", (*rows, *hours))


def _text(last: str) -> AgreementText:
    return AgreementText(
        format=1,
        reference="RA-014",
        programme="kvk2",
        ikc="Kindcentrum De Lindeboom",
        version=1,
        kind="initial",
        reason="",
        recalibration="",
        notice_months=6,
        period_start=date(2021, 8, 1),
        period_end=date(2028, 12, 31),
        effective_year="2021/22",
        parties=(
            _party("municipality", "Gemeente Voorbeeld", "12500.00"),
            _party("school_board", "Stichting De Brug", "10000.00"),
            _party("childcare", "Stichting Kinderopvang Voorbeeld", "7500.50"),
        ),
        clauses=tuple(ClauseText(code, LONG) for code in ClauseCode.values),
        topics=tuple(TopicText(code, LONG) for code in TopicCode.values),
        goals=(
            _goal("inequality", "Verminderen van ongelijkheid", last),
            _goal("quality", "Verbeteren van kwaliteit van onderwijs en opvang", "80"),
            _goal("wellbeing", "Bevorderen van goede gezondheid en welzijn", "80"),
        ),
        analyses=(),
        measures=(),
        staffing=(),
        steering=(),
    )


AGREEMENT = AgreementDocument(
    municipality=letters.MUNICIPALITY,
    programme="Kansen voor Kinderen 2",
    text=_text("80"),
    content_hash=_text("80").digest(),
    offered_at=AT,
    signatures=tuple(
        SignedBy(party.organisation, "A. de Jong", "bestuurder", AT)
        for party in _text("80").parties
    ),
    in_force_from=TODAY,
)
AMENDED = replace(
    _text("85"), version=2, kind="amendment", reason="De telling van 2025/26 viel hoger uit dan verwacht.", effective_year="2026/27"
)  # fmt: skip
ADDENDUM = replace(AGREEMENT, text=AMENDED, content_hash=AMENDED.digest(), replaces=AGREEMENT.text)
INTERESTS = InterestsContext(
    municipality=letters.MUNICIPALITY,
    reference="L30-2026-14",
    round_title="Subsidieronde IKC-ontwikkeling 2026/27",
    made_at=AT,
    whole=True,
    members=(
        DeclaredMember(
            "A. Bakker",
            "lid",
            "Stichting De Brug",
            (
                Declared(
                    AT,
                    ("Stichting De Brug",),
                    ("Kindcentrum De Lindeboom",),
                    "Mijn kind zit hier op school.",
                ),
                Declared(datetime(2026, 5, 1, 9, tzinfo=UTC), (), ()),
            ),
            ("Stichting De Brug (schoolbestuur, eigen organisatie): Kindcentrum De Lindeboom",),
            "B-2026-3, 4 mei 2026. Het lid beoordeelt andere aanvragen.",
        ),
        DeclaredMember("C. Visser", "voorzitter", "Gemeente Voorbeeld", ()),
    ),
)
LOTTERY = LotteryContext(
    municipality=letters.MUNICIPALITY,
    addressee=documents.Addressee("Het college van Voorbeeld", salutation=""),
    reference="KVK2-2026-L1",
    round_title="Subsidieronde IKC-ontwikkeling 2026/27",
    by_hand=False,
    seed="KVK2-2026-1",
    drawn_on=TODAY,
    place="Stadhuis",
    drawn_by="mr. A. Notaris",
    witnesses="B. Getuige en C. Getuige",
    recorded_at=AT,
    recorded_by="P. Leider",
    document_sha256="ab" * 32,
    places=tuple(
        DrawnPlace(place, f"KVK2-2026-{place:04}", "Kindcentrum De Lindeboom", "cd" * 32)
        for place in range(1, 5)
    ),
)
MINUTES = MinutesContext(
    municipality=letters.MUNICIPALITY,
    addressee=documents.Addressee("De leden van de IKC-commissie", salutation=""),
    reference="KVK2-2026-V1",
    round_title="Subsidieronde IKC-ontwikkeling 2026/27",
    met_on=TODAY,
    time="09.30",
    place="Stadhuis, kamer 2",
    present=("A. Bakker, lid", "C. Visser, voorzitter"),
    absent=("D. Jansen, lid",),
    items=(
        MinutedItem(
            "Kindcentrum De Lindeboom", "09.30", ("A. Bakker: bestuur van de aanvrager",), ("Hoe doen ouders mee?",), (LONG,),
            (MinutedChange("Een lid", "Aanbod dat past bij de wijk", "3", "4", "De aanvrager lichtte het toe."),),
            "4 voor, 1 tegen", "positief, met een inspanningsverplichting", "één gezamenlijk overleg",
        ),
        MinutedItem("IKC De Wilg", "10.15", (), (), (), (), "5 voor", "positief"),
    ),
    made_at=AT,
    adopted_at=AT,
    adopted_by="C. Visser",
)  # fmt: skip
_LINE = ProposedDecision(
    "KVK2-2026-0014-B1", "Kindcentrum De Lindeboom", "Stichting De Brug", "verlening", Decimal("62500.00"), Decimal("50000.00"),
    "positief", Decimal("62500.00"), "Het plafond liet niet meer toe.", "één gezamenlijk overleg",
)  # fmt: skip
PROPOSAL = ProposalContext(
    municipality=letters.MUNICIPALITY,
    addressee=documents.Addressee(letters.MUNICIPALITY.college, salutation=""),
    reference="CV-14-1",
    round_title="Subsidieronde IKC-ontwikkeling 2026/27",
    scheme="Subsidieregeling IKC-ontwikkeling 2026",
    number=1,
    ceiling=Decimal("450000.00"),
    above_ceiling=Decimal(0),
    method="volgens de methode ‘hoogste score eerst’",
    decisions=(
        *(_LINE,) * 8,
        replace(_LINE, decision="weigering", amount=Decimal(0), deviation="", effort=""),
    ),
    drafted_by="P. Leider",
    made_at=AT,
)
