"""What a round says, in Dutch: for its page, for its publication (L23) and for the record of what changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as format_date

from ikc.models import Ikc
from kvk2.core.capitals import upper_first
from kvk2.core.money import format_amount, format_number
from subsidies.models import AmountFormula, BudgetRule, PriorityTier, SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.admission import USUAL, Question
from subsidies.services.round_content import (
    CriterionContent,
    FormulaContent,
    RoundContent,
    SubCeilingContent,
)

Method, Admission, Policy = (
    SubsidyRound.Method,
    SubsidyRound.Admission,
    SubsidyRound.MarginalPolicy,
)
ORDERED = SubsidyRound.ORDERED
NO_BREAK_SPACE = "\xa0"


class Line(NamedTuple):
    """One thing that a round says, and the step in which it is written."""

    term: str
    text: str
    step: RoundStep


def lines(content: RoundContent) -> list[Line]:
    """Everything that `content` says, in the order of the steps."""
    return [
        Line(term, text, step)
        for step, said in (
            (RoundStep.ABOUT, _about(content)),
            (RoundStep.DATES, _dates(content)),
            (RoundStep.TARGET, _target(content)),
            (RoundStep.MONEY, _money(content)),
            (RoundStep.FORMULAS, _formulas(content)),
            (RoundStep.DIVISION, _division(content)),
            (RoundStep.PRIORITY, [("Voorrang", priority_in_words(content.tiers))]),
            (RoundStep.CRITERIA, [("Criteria", _criteria(content.criteria))]),
            (RoundStep.BUDGET, _budget(content)),
            (RoundStep.CHECK, [("Controlelijst", _checklist(content.checklist))]),
        )
        for term, text in said
    ]


def differences(before: RoundContent, after: RoundContent) -> list[tuple[str, str, str]]:
    """What reads differently: the term, how it read, how it reads now."""
    old = {line.term: line.text for line in lines(before)}
    new = {line.term: line.text for line in lines(after)}
    return [
        (term, old.get(term, ""), new.get(term, ""))
        for term in dict.fromkeys([*old, *new])
        if old.get(term, "") != new.get(term, "")
    ]


def day_in_words(day: date) -> str:
    return format_date(day, "j F Y").replace(" ", NO_BREAK_SPACE, 1)


def moment_in_words(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{day_in_words(local)}, {format_date(local, 'H.i')}{NO_BREAK_SPACE}uur"


def euros(amount: Decimal) -> str:
    """Whole euros without cents, as a publication writes them."""
    whole = amount == amount.to_integral_value()
    return format_amount(amount, 0 if whole else 2, space=NO_BREAK_SPACE)


def _about(content: RoundContent) -> Iterator[tuple[str, str]]:
    yield "Regeling", str(content.scheme_version)
    yield "Naam", content.name
    yield "Jaar", str(content.year)
    yield "Doel en doelgroep", content.description


def _dates(content: RoundContent) -> Iterator[tuple[str, str]]:
    yield "Aanvragen van", moment_in_words(content.opens_at)
    yield "Aanvragen tot", moment_in_words(content.closes_at)
    yield (
        "Subsidieperiode",
        f"{day_in_words(content.period_start)} tot en met {day_in_words(content.period_end)}",
    )
    yield "Peildatum kinderen", day_in_words(content.reference_date)


def _target(content: RoundContent) -> Iterator[tuple[str, str]]:
    forms = dict(Ikc.Form.choices)
    yield (
        "Wie mogen meedoen",
        "\n".join(upper_first(forms[form]) for form in content.eligible_forms),
    )
    yield "IKC’s in oprichting", "mogen meedoen" if content.founding_allowed else "doen niet mee"
    yield "Predicaat Plus", Admission(content.eligible_plus).label
    yield "Speciaal onderwijs", Admission(content.eligible_special_education).label
    yield (
        "Bevestiging door de kinderopvang",
        SubsidyRound.PartnerRule(content.partner_confirmation).label,
    )
    yield "Deelaanvraag", content.sub_application_name or "niet mogelijk"


def _money(content: RoundContent) -> Iterator[tuple[str, str]]:
    yield "Subsidieplafond", euros(content.ceiling) if content.ceiling else "nog niet ingevuld"
    yield "Deelplafonds", "\n".join(parts_in_words(content.sub_ceilings)) or "geen"


def parts_in_words(parts: Sequence[SubCeilingContent]) -> list[str]:
    """The parts of the ceiling, with where their remainder goes."""
    names = {part.code: part.name for part in parts}
    return [
        f"{part.name}: {euros(part.amount)}"
        + (f"; wat overblijft gaat naar {names[part.overflow_to]}" if part.overflow_to else "")
        for part in parts
    ]


def _formulas(content: RoundContent) -> Iterator[tuple[str, str]]:
    for formula in content.formulas:
        row = formula_row(formula)
        yield f"Hoogste bedrag {row.for_whom}", row.words


def formula_row(formula: FormulaContent) -> AmountFormula:
    """The formula as the row that it is or becomes; it is not stored."""
    return AmountFormula(
        group=formula.group,
        ikc=formula.ikc,
        kind=formula.kind,
        base=formula.base,
        per_child=formula.per_child,
        amount=formula.amount,
        per_children=formula.per_children,
    )


def _division(content: RoundContent) -> Iterator[tuple[str, str]]:
    yield "Verdeelwijze", Method(content.allocation_method).label
    if content.allocation_method in ORDERED:
        yield "Bij de laatste aanvraag", Policy(content.marginal_policy).label
        yield "Bij een gelijke stand", tie_in_words(content)
        yield "Loting", lottery_in_words(content)
    if content.allocation_method == Method.FIRST_COME:
        yield "Bij een storing", SubsidyRound.OutageFallback(content.fallback_on_outage).label
    yield "Kleinste zinvolle bedrag", euros(content.floor) if content.floor is not None else "geen"
    yield (
        "Minimumscore",
        "geen" if content.min_score is None else f"{plain(content.min_score)} van de 100 punten",
    )
    yield "Beoordelingen per aanvraag", f"ten minste {content.min_reviews}"
    yield "Bespreken bij meer verschil dan", f"{plain(content.spread_limit)} punten"


def plain(figure: Decimal) -> str:
    """A figure without needless decimals."""
    whole = figure == int(figure)
    return format_number(figure, 0 if whole else 2)


def tie_in_words(content: RoundContent) -> str:
    """What decides between equals, in order; the lot comes last."""
    by_criteria = SubsidyRound.TieBreak.CRITERIA in content.tie_chain
    if content.allocation_method == Method.FIRST_COME or not by_criteria:
        return "het lot"
    names = [row.name for row in heaviest_first(content.criteria)]
    if not names:
        return "de score per criterium, het zwaarste eerst; daarna het lot"
    return f"de score op {', daarna '.join(names)}; ten slotte het lot"


def heaviest_first(criteria: Sequence[CriterionContent]) -> list[CriterionContent]:
    """Criteria of equal weight stay in their published order."""
    return sorted(criteria, key=lambda criterion: -criterion.weight)


def lottery_in_words(content: RoundContent) -> str:
    if content.lottery_mode == SubsidyRound.LotteryMode.MANUAL:
        return f"met de hand, door {content.lottery_drawn_by or '…'}; er komt een proces-verbaal"
    seed = content.lottery_seed or "…"
    return f"door het portaal, met de tekst ‘{seed}’; iedereen kan de uitslag narekenen"


def priority_in_words(tiers: Sequence[str]) -> str:
    labels = dict(PriorityTier.Rule.choices)
    return "\n".join(f"{rank}. {labels[rule]}" for rank, rule in enumerate(tiers, 1)) or "geen"


def _criteria(criteria: Sequence[CriterionContent]) -> str:
    return "\n".join(f"{row.name}: {row.weight}%. {row.question}" for row in criteria) or "geen"


def _checklist(questions: Sequence[Question]) -> str:
    return "\n".join(question.text for question in questions or USUAL)


def _budget(content: RoundContent) -> Iterator[tuple[str, str]]:
    for rule in content.budget_rules or ():
        label = BudgetRule.Kind(rule.kind).label
        severity = BudgetRule.Severity(rule.severity).label
        text = f"\n{rule.text}" if rule.text else ""
        yield f"Grens {label}", f"Hoogstens {plain(rule.limit)}. {upper_first(severity)}.{text}"


def method_sentences(content: RoundContent) -> list[str]:
    """The way of dividing as the law wants it published (Awb 4:26): one sentence for each rule."""
    return [*_order_sentences(content), *_remainder_sentences(content), *_equal_sentences(content)]


def _order_sentences(content: RoundContent) -> list[str]:
    said = {
        Method.TENDER: [
            "De commissie scoort elke toegelaten aanvraag op de criteria. De aanvraag met de hoogste score komt als eerste aan de beurt.",
            "Het tijdstip van indienen telt niet mee.",
        ],
        Method.FIRST_COME: [
            "Aanvragen komen aan de beurt op volgorde van de dag waarop zij volledig zijn. Het tijdstip op de dag telt niet mee.",
        ],
        Method.PRO_RATA: [
            "Vragen alle aanvragers samen meer dan het plafond, dan krijgt iedereen hetzelfde deel van het bedrag dat voor subsidie in aanmerking komt.",
        ],
        Method.PER_CHILD: [
            "Het bedrag wordt verdeeld naar het aantal kinderen op de peildatum. Niemand krijgt meer dan het bedrag dat voor subsidie in aanmerking komt; wat daardoor overblijft, wordt opnieuw verdeeld over de anderen.",
        ],
    }[Method(content.allocation_method)]
    if content.tiers:
        labels = [PriorityTier.Rule(rule).label for rule in content.tiers]
        said.append(f"Voorrang heeft, in deze volgorde: {'; '.join(labels)}.")
    if content.min_score is not None:
        said.append(
            f"Een aanvraag met minder dan {plain(content.min_score)} van de 100 punten wordt geweigerd."
        )
    return said


def _remainder_sentences(content: RoundContent) -> list[str]:
    if content.allocation_method not in ORDERED:
        if content.floor is None:
            return []
        return [
            f"Zou een aanvraag minder dan {euros(content.floor)} krijgen, dan valt de laagst geplaatste aanvraag af en wordt opnieuw gerekend."
        ]
    enough = f", als dat ten minste {euros(content.floor)} is" if content.floor else ""
    return [
        {
            Policy.PARTIAL: f"Is er voor een aanvraag niet genoeg over, dan wordt het restant verleend{enough}.",
            Policy.REFUSE_STOP: "Is er voor een aanvraag niet genoeg over, dan worden die aanvraag en alle volgende geweigerd.",
            Policy.REFUSE_SKIP: "Is er voor een aanvraag niet genoeg over, dan wordt zij geweigerd en komt de volgende die wel past aan de beurt.",
        }[Policy(content.marginal_policy)]
    ]


def _equal_sentences(content: RoundContent) -> list[str]:
    if content.allocation_method not in ORDERED:
        return [
            "Centen die door afronding overblijven, gaan naar de grootste afrondingsverschillen."
        ]
    if content.allocation_method == Method.FIRST_COME:
        said = [
            "Is er te weinig voor alle aanvragen die op dezelfde dag volledig zijn, dan beslist het lot over de volgorde."
        ]
        if content.fallback_on_outage == SubsidyRound.OutageFallback.LOTTERY:
            said.append(
                "Is het portaal door een storing niet bereikbaar, dan wordt geloot onder alle aanvragen van die dag."
            )
    else:
        said = [f"Bij een gelijke score beslist {tie_in_words(content)}."]
    return [*said, f"De loting gebeurt {lottery_in_words(content)}."]
