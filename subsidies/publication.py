"""The text with which a round is announced (L23; Awb 3:42, 4:26, 4:27), made out of what the round says."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from ikc.models import Ikc
from kvk2.core.capitals import upper_first
from kvk2.core.pdf import render_pdf
from subsidies.documents import noon
from subsidies.models import AmountFormula, PriorityTier, SubsidyRound
from subsidies.round_words import (
    day_in_words,
    euros,
    formula_row,
    method_sentences,
    moment_in_words,
)
from subsidies.services.round_content import RoundContent, content_of

BUDGET_WARNING = (
    "De gemeenteraad heeft de begroting nog niet vastgesteld. Het college kan het subsidieplafond verlagen als dat "
    "volgt uit het vaststellen van de begroting. Een verlaging geldt dan ook voor aanvragen die al zijn ingediend "
    "(artikel 4:28 van de Algemene wet bestuursrecht)."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences; a list where `is_list`."""

    heading: str
    sentences: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """The announcement of one round."""

    title: str
    sections: tuple[Section, ...]

    @property
    def plain(self) -> str:
        """As plain text, for the form of the Gemeenteblad."""
        blocks = [self.title]
        for section in self.sections:
            mark = "- " if section.is_list else ""
            blocks.append(
                "\n".join([section.heading, *(mark + line for line in section.sentences)])
            )
        return "\n\n".join(blocks).replace("\xa0", " ") + "\n"


def publication_of(round_: SubsidyRound, *, budget_warning: bool = False) -> Publication:
    """What is published of `round_`; with the warning of Awb 4:28 when `budget_warning`, or when it was published."""
    content = content_of(round_)
    warned = budget_warning or round_.budget_warning_published
    sections = [
        Section("Besluit", (_decision(round_), _ceiling(content))),
        Section("Waarvoor", (content.description,)),
        Section("Wie kunnen aanvragen", tuple(_target(content)), is_list=True),
        Section("Aanvragen en subsidieperiode", tuple(_dates(content))),
        Section("Verdeling van het bedrag", tuple(method_sentences(content))),
    ]
    if content.criteria:
        criteria = tuple(f"{row.name} ({row.weight}%): {row.question}" for row in content.criteria)
        sections.append(Section("Criteria", criteria, is_list=True))
    if content.tiers:
        labels = dict(PriorityTier.Rule.choices)
        tiers = tuple(upper_first(labels[rule]) for rule in content.tiers)
        sections.append(Section("Voorrang, in deze volgorde", tiers, is_list=True))
    if content.formulas:
        sections.append(Section("Hoogste bedrag", tuple(_formulas(content)), is_list=True))
    if warned:
        sections.append(Section("Voorbehoud bij de begroting", (BUDGET_WARNING,)))
    return Publication(f"Subsidieplafond {content.name}", tuple(sections))


def render_publication(round_: SubsidyRound, publication: Publication, *, today: date) -> bytes:
    """The PDF of the announcement of a round (L23); a draft of it until the college adopted the round."""
    context = {
        "publication": publication,
        "municipality": settings.MUNICIPALITY,
        "reference": round_.decision_number or "concept",
        "draft": round_.decided_on is None,
        "demo": round_.is_demo,
    }
    day = round_.published_on or round_.decided_on or today
    return render_pdf("subsidies/pdf/round_publication.html", context, created=noon(day))


def _decision(round_: SubsidyRound) -> str:
    taken = (
        f" Besluit van {day_in_words(round_.decided_on)}, nummer {round_.decision_number}."
        if round_.decided_on
        else ""
    )
    return (
        f"{upper_first(str(settings.MUNICIPALITY['college']))} stelt voor deze ronde het "
        f"subsidieplafond en de wijze van verdelen vast, op grond van de {round_.scheme_version.citation}.{taken}"
    )


def _ceiling(content: RoundContent) -> str:
    said = f"Het subsidieplafond is {euros(content.ceiling)}"
    if not content.sub_ceilings:
        return f"{said}."
    names = {part.code: part.name for part in content.sub_ceilings}
    parts = [f"{euros(part.amount)} voor {part.name}" for part in content.sub_ceilings]
    flows = [
        f"Wat overblijft voor {part.name}, gaat naar {names[part.overflow_to]}."
        for part in content.sub_ceilings
        if part.overflow_to
    ]
    listed = " en ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
    return " ".join([f"{said}, waarvan {listed}.", *flows])


def _target(content: RoundContent) -> list[str]:
    return [
        line
        for line in (
            *_forms(content),
            "" if content.founding_allowed else "IKC’s in oprichting kunnen niet aanvragen.",
            {
                "only": "Alleen IKC’s met het predicaat Plus kunnen aanvragen.",
                "not": "IKC’s met het predicaat Plus kunnen niet aanvragen.",
            }.get(content.eligible_plus, ""),
            {
                "only": "Alleen IKC’s speciaal onderwijs kunnen aanvragen.",
                "not": "IKC’s speciaal onderwijs kunnen niet aanvragen.",
            }.get(content.eligible_special_education, ""),
        )
        if line
    ]


def _forms(content: RoundContent) -> list[str]:
    labels = dict(Ikc.Form.choices)
    return [upper_first(labels[form]) for form in content.eligible_forms]


def _dates(content: RoundContent) -> list[str]:
    return [
        f"Aanvragen kan van {moment_in_words(content.opens_at)} tot {moment_in_words(content.closes_at)}.",
        f"De subsidie is voor de periode van {day_in_words(content.period_start)} tot en met {day_in_words(content.period_end)}.",
        f"Het aantal kinderen telt op {day_in_words(content.reference_date)}.",
    ]


def _formulas(content: RoundContent) -> list[str]:
    rows: list[AmountFormula] = [formula_row(formula) for formula in content.formulas]
    return [f"{upper_first(row.for_whom)}: {row.words}." for row in rows]
