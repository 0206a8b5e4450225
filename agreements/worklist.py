"""What waits for signers, directors and the project leader in the agreements."""

from datetime import date
from functools import cached_property

from django.urls import reverse

from agreements.completeness import gaps
from agreements.models import AgreementParty, AgreementVersion, ResultAgreement
from agreements.states import AgreementState
from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import Desk, Panel, WorkItem
from kvk2.nlds.components import Tile

READERS_OF_PROGRESS = (Role.PROJECT_LEADER, Role.SIGNER, Role.DEVELOPMENT_GROUP, Role.AUDITOR)


class Figures:
    """How many agreements stand where, for `user`; asked once, and only when a part of the page asks for it."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def counts(self) -> dict[str, int]:
        return ResultAgreement.objects.visible_to(self.user).figures()


def desk_of(user: User, *, today: date) -> Desk:
    figures = Figures(user)
    return Desk(
        tasks_for(user, today=today, figures=figures),
        panels_for(user, today=today, figures=figures),
    )


def tasks_for(user: User, *, today: date, figures: Figures | None = None) -> list[WorkItem]:
    tasks = []
    if user.has_role(Role.SIGNER, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD):
        tasks += _to_sign(user)
    if user.has_role(Role.PROJECT_LEADER):
        if (figures or Figures(user)).counts[AgreementState.DRAFT]:
            tasks += _drafts(AgreementVersion.objects.visible_to(user), pages=None)
    elif user.has_role(Role.IKC_DIRECTOR):
        own = AgreementVersion.objects.filter(agreement__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
        tasks += _drafts(own, pages={"goals"})
    return tasks


def _to_sign(user: User) -> list[WorkItem]:
    parties = (
        AgreementParty.objects.signable_by(user)
        .unsigned()
        .filter(version__state=AgreementState.SIGNING)
        .select_related("version")
        .order_by("version__offered_at", "pk")
    )
    return [
        WorkItem(
            f"Onderteken de resultaatafspraak van {party.version.ikc_name}",
            reverse("agreements:party_sign", args=[party.pk]),
            f"namens {party.organisation_name}",
            badge="Te tekenen",
            kind="warning",
        )
        for party in parties
    ]


def _drafts(versions, *, pages: set[str] | None) -> list[WorkItem]:
    """The drafts with what they lack on `pages`; for the director only the goals, and none when these are done."""
    tasks = []
    for version in (
        versions.filter(state=AgreementState.DRAFT).with_content().order_by("ikc_name", "pk")
    ):
        open_points = sum(pages is None or gap.page in pages for gap in gaps(version))
        if open_points:
            what = "doelen" if pages else "onderdelen"
            part = "version_goals" if pages else "version_check"
            tasks.append(
                WorkItem(
                    f"Vul de {what} aan van de resultaatafspraak van {version.ikc_name}",
                    reverse(f"agreements:{part}", args=[version.pk]),
                    f"nog {open_points} punt{'en' if open_points != 1 else ''}",
                    badge="Concept",
                )
            )
        elif pages is None:
            tasks.append(
                WorkItem(
                    f"Bied de resultaatafspraak van {version.ikc_name} aan om te tekenen",
                    reverse("agreements:version_check", args=[version.pk]),
                    "alles is ingevuld",
                    badge="Klaar",
                    kind="success",
                )
            )
    return tasks


def panels_for(user: User, *, today: date, figures: Figures | None = None) -> list[Panel]:
    """How many agreements stand where, for the roles that look after the programme."""
    if not user.has_role(*READERS_OF_PROGRESS):
        return []
    counts = (figures or Figures(user)).counts
    if not counts["total"]:
        return []
    tiles = [
        Tile(
            "In werking",
            counts[AgreementState.IN_FORCE],
            f"van {counts['total']} resultaatafspraken",
        ),
        Tile("Ter ondertekening", counts[AgreementState.SIGNING]),
        Tile("Concept", counts[AgreementState.DRAFT]),
    ]
    return [Panel("agreements/_panel.html", {"tiles": tiles})]
