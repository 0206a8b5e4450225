"""Complete letters with invented people, for tests of what is printed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from kvk2.core.documents import Municipality
from subsidies.documents import (
    Accountability,
    Addressee,
    Advance,
    AdviceContext,
    Adviser,
    Answer,
    ApplicationFacts,
    Attachment,
    BudgetRow,
    CriterionScore,
    EffortObligation,
    LegalBasis,
    LetterContext,
    LetterKind,
    ObjectionClause,
    Obligation,
    Ranking,
    ReceiptContext,
    Reduction,
    Section,
    Signature,
)
from subsidies.documents_notices import NoticePart, TermNoticeContext
from subsidies.documents_terms import CompletionContext, NotProcessedContext
from subsidies.letter_texts import EXAMPLES

MUNICIPALITY = Municipality(
    name="Gemeente Voorbeeld",
    short_name="Voorbeeld",
    college="het college van burgemeester en wethouders van Voorbeeld",
    address=("Postbus 1", "1000 AA Voorbeeld"),
    team="Team Jeugd en Onderwijs",
    phone="14 000",
    email="ikc@voorbeeld.example",
    court="Rechtbank Midden-Nederland",
    product="IKC-portaal",
)
ADDRESSEE = Addressee(
    organisation="Stichting De Brug",
    attention="het bestuur",
    lines=("Schoolstraat 3", "1000 AB Voorbeeld"),
)
APPLICATION = ApplicationFacts(
    number="KVK2-2026-0014",
    ikc="Kindcentrum De Lindeboom",
    submitted_on=date(2026, 2, 14),
    requested=Decimal("62500.00"),
    round_title="Subsidieronde IKC-ontwikkeling 2026/27",
)
SCORES = (
    CriterionScore(
        "Eén pedagogische visie", 40, Decimal("4.00"), "Team en ouders dragen de visie."
    ),
    CriterionScore("Aanbod dat past bij de wijk", 60, Decimal("3.67")),
)
EFFORT = EffortObligation(
    finding="opvang en onderwijs nog apart overleggen",
    aim="er één gezamenlijk overleg is",
    due_on=date(2027, 3, 1),
    evidence="een verslag van het overleg",
)

REFUSAL = LetterContext(
    kind=LetterKind.REFUSAL,
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    sent_on=date(2026, 6, 18),
    reference="2026-KVK2-0014",
    subject="Besluit op uw subsidieaanvraag",
    application=APPLICATION,
    legal_basis=LegalBasis(
        "Algemene subsidieverordening Voorbeeld", "Subsidieregeling 2026", ("artikel 4:25 Awb",)
    ),
    adviser=Adviser("IKC-commissie", date(2026, 4, 22), "positief"),
    motivation=("Uw plan sluit aan bij de wijk.",),
    objection=ObjectionClause(
        date(2026, 7, 30), "https://portaal.example/bezwaar", ("Postbus 1", "1000 AA Voorbeeld")
    ),
    signature=Signature(
        "S. Visser", "wethouder", "2026-11", datetime(2026, 6, 18, 8, 5, tzinfo=UTC)
    ),
    contact="J. Hoekstra",
    ranking=Ranking(Decimal(750000), 29, Decimal("1432750.50"), 19, Decimal("71.25"), 17),
    scores=SCORES,
    texts=dict(EXAMPLES),
    demo=True,
)
GRANT = replace(
    REFUSAL,
    kind=LetterKind.GRANT,
    granted=Decimal("62500.00"),
    period_from=date(2026, 8, 1),
    period_until=date(2027, 7, 31),
    activities=("Taalrijke start voor peuters en kleuters", "Verlengde dag op dinsdag"),
    obligations=(
        Obligation("U voert de activiteiten uit."),
        Obligation("U levert gegevens voor de monitoring.", date(2027, 9, 15)),
    ),
    advances=(
        Advance(Decimal("25000.00"), date(2026, 8, 15)),
        Advance(Decimal("25000.00"), date(2027, 2, 1)),
    ),
    iban_last4="4300",
    accountability=Accountability(date(2027, 11, 1), ("een verslag", "een financieel verslag")),
    budget_reservation_year=2027,
    attachments=("Advies van de IKC-commissie",),
)
PARTIAL_GRANT = replace(
    GRANT,
    kind=LetterKind.PARTIAL_GRANT,
    granted=Decimal("50000.00"),
    reductions=(Reduction(Decimal("12500.00"), "het geld bij plaats 17 op was."),),
    effort=EFFORT,
)
ADVICE = AdviceContext(
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    sent_on=date(2026, 4, 22),
    reference="2026-KVK2-0014",
    application=APPLICATION,
    adviser="IKC-commissie",
    met_on=date(2026, 4, 15),
    reviews=3,
    recused=1,
    conclusion="positief",
    considerations=("Het plan is goed onderbouwd.",),
    scores=SCORES,
    total_score=Decimal("71.25"),
    secretary="A. Wiersma",
    proposed_amount=Decimal("50000.00"),
    effort=EFFORT,
    decision_before=date(2026, 6, 30),
)
RECEIPT = ReceiptContext(
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    reference="2026-KVK2-0014",
    received_at=datetime(2026, 2, 14, 13, 22, tzinfo=UTC),
    application=APPLICATION,
    decision_before=date(2026, 6, 30),
    sections=(
        Section(
            "Plan",
            (
                Answer("Wat wilt u bereiken?", "Een goede start.\n\nVoor élk kind & elke ouder."),
                Answer("Hoe betrekt u ouders?", ""),
            ),
        ),
    ),
    costs=(
        BudgetRow("Personeel", "Begeleiding", "800 uur × € 45,00", Decimal("36000.00")),
        BudgetRow("Materiaal", "Boeken", "", Decimal("34500.00")),
    ),
    income=(BudgetRow("Eigen bijdrage", "Stichting De Brug", "", Decimal("8000.00")),),
    attachments=(Attachment("Activiteitenplan", "plan.pdf", "214 kB", "9f2c4b1a" * 8),),
    signed_by="M. Dijkstra",
    signed_function="directeur",
    declarations=("Ik heb alles naar waarheid ingevuld.",),
)

COMPLETION = CompletionContext(
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    sent_on=date(2026, 4, 20),
    reference="KVK2-2026-0014-V1",
    application=APPLICATION,
    missing=(
        "Machtiging: het besluit van het bestuur ontbreekt.",
        "Bijlage: bewijs van draagvlak: de brief van de MR is niet te lezen.",
    ),
    due_on=date(2026, 5, 4),
    note="U kunt mij hierover bellen.",
    contact="P. Leider",
    url="https://portaal.voorbeeld.example/aanvragen/14/",
)

LATER = TermNoticeContext(
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    sent_on=date(2026, 7, 1),
    reference="KVK2-2026-0014-T1",
    application=APPLICATION,
    subject="Ons besluit over uw aanvraag voor Kindcentrum De Lindeboom komt later",
    lead="U krijgt ons besluit uiterlijk op 1 september 2026.",
    parts=(NoticePart("Waarom het later wordt", ("Er kwamen veel aanvragen.",)),),
    contact="P. Leider",
    url="https://portaal.voorbeeld.example/aanvragen/14/",
)

NOT_PROCESSED = NotProcessedContext(
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    sent_on=date(2026, 5, 18),
    reference="KVK2-2026-0014-B1",
    application=APPLICATION,
    asked_on=date(2026, 4, 20),
    due_on=date(2026, 5, 4),
    missing=COMPLETION.missing,
    motivation=("U reageerde niet.", "Zonder deze stukken kunnen wij uw aanvraag niet beoordelen."),
    ordinance="Algemene subsidieverordening Voorbeeld",
    scheme="Subsidieregeling IKC-ontwikkeling",
    objection=ObjectionClause(last_day=date(2026, 6, 29), postal_lines=MUNICIPALITY.address),
    signature=REFUSAL.signature,
    objection_text=EXAMPLES["objection"],
    contact="P. Leider",
)
