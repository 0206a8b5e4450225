"""How the standing clauses read in new agreements, from a day on; what was drafted before keeps its own."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from agreements.documents import clause_facts, filled_in
from agreements.models import AgreementVersion, Programme, ResultAgreement, StandardClause
from agreements.services.saving import save_checked
from agreements.states import ClauseCode
from kvk2.core.audit import record
from kvk2.core.dates import in_figures
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User

BRACES = re.compile(r"\{[^{}]*\}")
# Stands in the preview for the IKC of an agreement that is not there yet.
EXAMPLE_NAME = "IKC Voorbeeld"


class ClauseRefused(DomainError):
    """A clause that says what it said, begins before its predecessor, or asks for a fact that there is not."""


def example_version(programme: Programme) -> AgreementVersion:
    """A version over the whole programme, not saved, to show how a clause will read."""
    return AgreementVersion(
        agreement=ResultAgreement(programme=programme),
        ikc_name=EXAMPLE_NAME,
        period_start=programme.start,
        period_end=programme.end,
    )


def preview_of(text: str, programme: Programme) -> str:
    return filled_in(text, example_version(programme))


def require_known_fields(text: str, programme: Programme) -> None:
    """Refusal `ClauseRefused` for words between braces that no version can fill in."""
    known = clause_facts(example_version(programme))
    for found in BRACES.findall(text):
        if found not in known:
            raise ClauseRefused(f"{found} kan niet worden ingevuld. Kies uit {', '.join(known)}.")


@transaction.atomic
def change_clause(
    programme: Programme,
    code: str,
    *,
    text: str,
    valid_from: date,
    by: "User | None",
    at: datetime,
) -> StandardClause:
    """The next version of one clause. Refusal: `ClauseRefused`."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    text = text.strip()
    require_known_fields(text, programme)
    of_code = StandardClause.objects.filter(programme=programme, code=code)
    last = of_code.order_by("-number").first()
    if last is not None and text == last.text:
        raise ClauseRefused("De tekst is niet veranderd.")
    if last is not None and valid_from < last.valid_from:
        raise ClauseRefused(
            f"Een nieuwe tekst geldt niet eerder dan de vorige: {in_figures(last.valid_from)}."
        )
    highest = of_code.aggregate(highest=Max("number"))["highest"] or 0
    clause = StandardClause(
        programme=programme, code=code, number=highest + 1, text=text, valid_from=valid_from
    )
    save_checked(clause, ClauseRefused)
    record(
        programme,
        "clause.changed",
        actor=by,
        at=at,
        reason=f"{ClauseCode(code).label}, vanaf {in_figures(valid_from)}",
        clause=code,
        number=clause.number,
    )
    return clause
