"""Reading the content of an application, the same for its pages, its copy and its guards."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.forms.models import model_to_dict

from ikc.models import IkcPartner, RoleAssignment
from ikc.roles import Role
from kvk2.core.together import Rows, keep, read_together
from subsidies.content import ApplicationContent, Partner
from subsidies.models import (
    Activity,
    AmountFormula,
    AnalysisFigure,
    Application,
    Attachment,
    BudgetLine,
    BudgetRule,
    ChildCountStatement,
    DeMinimisAid,
    PartnerConfirmation,
    StateAidStatement,
    SubApplication,
    SubsidyRound,
)
from subsidies.services.applications import Step
from subsidies.services.child_statements import duo_of

# What the partner confirms: the plan and its money, not who answers the telephone.
PLAN_FIELDS = ("summary", "analysis", "integrated_offer", "parent_involvement", "support")
OWN_FIELDS = ("title", "children_0_1", "children_2_3", "children_4_12", "requested_amount")


@dataclass(frozen=True, slots=True)
class Dossier:
    """What belongs to one application in tables of its own: the content, the budget and the files."""

    content: ApplicationContent
    lines: list[BudgetLine]
    attachments: list[Attachment]


def dossier_of(application: Application, day: date) -> Dossier:
    """All of it in one statement, the partners as they are on `day`; the round gets its formulas and limits with it."""
    of_it, of_the_round = "one.application_id = %s", "one.round_id = %s"
    pk, round_ = application.pk, application.round
    (
        activities, subs, aids, statements, de_minimis, figures, partners, accounts, confirmations,
        lines, attachments, formulas, budget_rules,
    ) = read_together(
        Rows(Activity, of_it, pk, 'one."order", one.id'),
        Rows(SubApplication, of_it, pk),
        Rows(StateAidStatement, of_it, pk),
        Rows(ChildCountStatement, of_it, pk, along=("confirmed_by",)),
        Rows(DeMinimisAid, of_it, pk, "one.year DESC"),
        Rows(AnalysisFigure, of_it, pk, "one.label, one.code"),
        Rows(
            IkcPartner, "one.ikc_id = %s", application.ikc_id, "organisation.name, one.id",
            along=("organisation",),
        ),
        Rows(
            RoleAssignment,
            "one.organisation_id IN (SELECT organisation_id FROM ikc_ikcpartner WHERE ikc_id = %s)",
            application.ikc_id,
            along=("user",),
        ),
        Rows(PartnerConfirmation, of_it, pk, "one.asked_at, one.id", along=("asked_by", "answered_by")),
        Rows(BudgetLine, of_it, pk, 'one.side, one."order", one.id'),
        Rows(Attachment, of_it, pk, "one.kind, one.id", along=("stored",)),
        Rows(AmountFormula, of_the_round, round_.pk),
        Rows(BudgetRule, of_the_round, round_.pk, 'one."order", one.id'),
    )  # fmt: skip
    keep(round_, "formulas", formulas)
    keep(round_, "budget_rules", budget_rules)
    children = _only(statements)
    content = ApplicationContent(
        activities=tuple(activities),
        sub=_only(subs),
        state_aid=_only(aids),
        de_minimis=tuple(de_minimis),
        figures=tuple(figures),
        partners=_partners(partners, accounts, confirmations, day),
        children=children,
        duo=duo_of(application, children),
    )
    return Dossier(content, lines, attachments)


def content_of(application: Application, day: date) -> ApplicationContent:
    """Everything that was filled in beside the columns of the application; the partners as they are on `day`."""
    return dossier_of(application, day).content


def _only(rows: list[Any]) -> Any:
    return rows[0] if rows else None


def _partners(
    partners: Iterable[IkcPartner],
    accounts: Iterable[RoleAssignment],
    confirmations: Iterable[PartnerConfirmation],
    day: date,
) -> tuple[Partner, ...]:
    """Those of `day`, each with its last word."""
    with_account = {
        row.organisation_id
        for row in accounts
        if row.role == Role.CHILDCARE_BOARD and row.user.is_active and _runs(row, day)
    }
    last = {row.organisation_id: row for row in confirmations}
    return tuple(
        Partner(
            row.organisation_id,
            row.organisation.name,
            row.organisation_id in with_account,
            last.get(row.organisation_id),
        )
        for row in partners
        if _runs(row, day)
    )


def _runs(row: IkcPartner | RoleAssignment, day: date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (
        row.valid_until is None or day <= row.valid_until
    )


def content_hash(
    application: Application, content: ApplicationContent, lines: Iterable[BudgetLine]
) -> str:
    """What a confirmation is bound to: changes with every word of the plan and every cent of its budget."""
    told = {
        "own": {name: getattr(application, name) for name in OWN_FIELDS},
        "plan": {name: getattr(application.plan, name) for name in PLAN_FIELDS},
        "activities": [_plain(row, "id", "application", "key") for row in content.activities],
        "sub": _plain(content.wanted_sub, "id", "application", "tier")
        if content.wanted_sub
        else {},
        "lines": sorted(
            json.dumps(_plain(line, "id", "application", "order"), default=_text, sort_keys=True)
            for line in lines
        ),
    }
    text = json.dumps(told, default=_text, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(row: Any, *without: str) -> dict[str, Any]:
    return model_to_dict(row, exclude=without)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def steps_of(round_: SubsidyRound, content: ApplicationContent) -> list[Step]:
    """The steps of this application: a part or a confirmation only where there is one to give."""
    asks_partner = round_.partner_confirmation == SubsidyRound.PartnerRule.REQUIRED
    left_out = set()
    if not round_.sub_applications_allowed:
        left_out.add(Step.SUB_APPLICATION)
    if not (content.partners or asks_partner):
        left_out.add(Step.PARTNER)
    return [step for step in Step if step not in left_out]
