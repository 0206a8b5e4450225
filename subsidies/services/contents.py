"""Reading the content of an application, the same for its pages, its copy and its guards."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.forms.models import model_to_dict

from ikc.models import IkcPartner, RoleAssignment
from ikc.roles import Role
from subsidies.content import ApplicationContent, Partner
from subsidies.models import Application, BudgetLine, SubsidyRound
from subsidies.services.applications import Step
from subsidies.services.child_statements import duo_of

# What the partner confirms: the plan and its money, not who answers the telephone.
PLAN_FIELDS = ("summary", "analysis", "integrated_offer", "parent_involvement", "support")
OWN_FIELDS = ("title", "children_0_1", "children_2_3", "children_4_12", "requested_amount")


def content_of(application: Application, day: date) -> ApplicationContent:
    """Everything that was filled in beside the columns of the application; the partners as they are on `day`."""
    children = getattr(application, "child_statement", None)
    return ApplicationContent(
        activities=tuple(application.activities.order_by("order", "pk")),
        sub=getattr(application, "sub_application", None),
        state_aid=getattr(application, "state_aid_statement", None),
        de_minimis=tuple(application.de_minimis.order_by("-year")),
        figures=tuple(application.figures.order_by("label", "code")),
        partners=_partners(application, day),
        children=children,
        duo=duo_of(application, children),
    )


def _partners(application: Application, day: date) -> tuple[Partner, ...]:
    accounts = RoleAssignment.objects.active_on(day).filter(
        role=Role.CHILDCARE_BOARD, organisation=OuterRef("organisation"), user__is_active=True
    )
    partners = list(
        IkcPartner.objects.filter(ikc=application.ikc_id)
        .filter(pk__in=_running(day))
        .annotate(has_account=Exists(accounts))
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )
    last = {
        row.organisation_id: row
        for row in application.confirmations.select_related("asked_by", "answered_by").order_by(
            "asked_at", "pk"
        )
    }
    return tuple(
        Partner(
            partner.organisation_id,
            partner.organisation.name,
            partner.has_account,
            last.get(partner.organisation_id),
        )
        for partner in partners
    )


def _running(day: date) -> Any:
    from_now = IkcPartner.objects.exclude(valid_from__gt=day).exclude(valid_until__lt=day)
    return from_now.values("pk")


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
