"""Who may do what with rounds, applications and attachments (domain reference 6.2). Seeing is for `visible_to`."""

from typing import TYPE_CHECKING

import rules
from django.utils import timezone

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from subsidies.services.applications import authority_of
from subsidies.services.ceilings import CHANGEABLE
from subsidies.states import (
    APPLICATION_WORKFLOW,
    ROUND_WORKFLOW,
    ApplicationState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Application, Attachment, SubsidyRound

is_project_leader = has_role(Role.PROJECT_LEADER)
is_signer = has_role(Role.SIGNER)
is_admin = has_role(Role.ADMIN)
is_applicant_role = has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)


def round_allows(transition: str) -> rules.Predicate:
    """The round is in a state from which `transition` may start."""

    def allows(user: "User", round_: "SubsidyRound | None") -> bool:
        return round_ is not None and ROUND_WORKFLOW.allows(transition, state=round_.state)

    return rules.predicate(allows, name=f"round_allows_{transition}")


def application_allows(*transitions: str) -> rules.Predicate:
    """The application is in a state from which one of `transitions` may start."""

    def allows(user: "User", application: "Application | None") -> bool:
        return application is not None and any(
            APPLICATION_WORKFLOW.allows(transition, state=application.state)
            for transition in transitions
        )

    return rules.predicate(allows, name="application_allows_" + "_or_".join(transitions))


@rules.predicate
def has_changeable_ceiling(user: "User", round_: "SubsidyRound | None") -> bool:
    return round_ is not None and round_.state in CHANGEABLE


@rules.predicate
def is_open_round(user: "User", round_: "SubsidyRound | None") -> bool:
    return round_ is not None and round_.state == RoundState.OPEN


@rules.predicate
def acts_for_applicant(user: "User", application: "Application | None") -> bool:
    """Director of the IKC with a mandate of today, or representative of the board."""
    if application is None:
        return False
    return authority_of(user, application.ikc, timezone.localdate()) is not None


@rules.predicate
def is_draft(user: "User", application: "Application | None") -> bool:
    return application is not None and application.state == ApplicationState.DRAFT


@rules.predicate
def belongs_to_draft(user: "User", attachment: "Attachment | None") -> bool:
    return attachment is not None and attachment.application.state == ApplicationState.DRAFT


@rules.predicate
def acts_for_applicant_of(user: "User", attachment: "Attachment | None") -> bool:
    return attachment is not None and acts_for_applicant(user, attachment.application)


@rules.predicate
def is_asked_partner(user: "User", application: "Application | None") -> bool:
    """Speaks for a childcare partner that was asked to confirm the plan and has not answered yet."""
    if application is None:
        return False
    asked = application.confirmations.filter(
        answered_at=None, organisation__in=user.organisation_ids(Role.CHILDCARE_BOARD)
    )
    return asked.exists()


rules.add_perm("subsidies.add_round", is_project_leader)
rules.add_perm("subsidies.change_round", is_project_leader & round_allows("adopt"))
rules.add_perm("subsidies.adopt_round", is_signer & round_allows("adopt"))
rules.add_perm("subsidies.publish_round", is_project_leader & round_allows("publish"))
rules.add_perm("subsidies.cancel_round", is_project_leader & round_allows("cancel"))
rules.add_perm("subsidies.assess_round", is_project_leader & round_allows("assess"))
rules.add_perm("subsidies.archive_round", is_admin & round_allows("archive"))
rules.add_perm("subsidies.change_ceiling", is_signer & has_changeable_ceiling)
rules.add_perm("subsidies.copy_round", is_project_leader)
rules.add_perm("subsidies.view_round_publication", is_municipal)
rules.add_perm("subsidies.view_round_figures", is_municipal)

rules.add_perm("subsidies.start_application", is_applicant_role & is_open_round)
rules.add_perm("subsidies.change_application", is_applicant_role & is_draft & acts_for_applicant)
rules.add_perm("subsidies.submit_application", is_applicant_role & is_draft & acts_for_applicant)
rules.add_perm(
    "subsidies.confirm_application",
    has_role(Role.CHILDCARE_BOARD) & is_draft & is_asked_partner,
)
rules.add_perm(
    "subsidies.withdraw_application",
    is_applicant_role & application_allows("withdraw") & acts_for_applicant,
)
rules.add_perm(
    "subsidies.check_application", is_project_leader & application_allows("check", "admit")
)
# The bytes as they came in, with what they tell about their maker: evidence, and for nothing else.
rules.add_perm("subsidies.open_original_attachment", has_role(Role.AUDITOR))
rules.add_perm("subsidies.export_applications", is_municipal)
rules.add_perm(
    "subsidies.restore_attachment", is_applicant_role & belongs_to_draft & acts_for_applicant_of
)
rules.add_perm(
    "subsidies.remove_attachment", is_applicant_role & belongs_to_draft & acts_for_applicant_of
)
