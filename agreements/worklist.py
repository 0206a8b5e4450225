"""What waits for signers, directors and the project leader in the agreements."""

from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.urls import reverse

from agreements.completeness import gaps
from agreements.models import AgreementParty, AgreementVersion, AnnualEvaluation, ResultAgreement
from agreements.states import AgreementState
from ikc.models import SupportWorkerAllocation, User
from ikc.roles import Role
from kvk2.core.worklist import Desk, Panel, WorkItem
from kvk2.nlds.components import Tile

READERS_OF_PROGRESS = (Role.PROJECT_LEADER, Role.SIGNER, Role.DEVELOPMENT_GROUP, Role.AUDITOR)


class Figures:
    """How many agreements of the programme stand where; asked once, and only when a part of the page asks for it.

    Who is shown these numbers may know how many there are, also where the text is not theirs to read.
    """

    @cached_property
    def counts(self) -> dict[str, int]:
        return ResultAgreement.objects.figures()


def desk_of(user: User, *, today: date) -> Desk:
    figures = Figures()
    return Desk(
        tasks_for(user, today=today, figures=figures),
        panels_for(user, today=today, figures=figures),
    )


def tasks_for(user: User, *, today: date, figures: Figures | None = None) -> list[WorkItem]:
    tasks = []
    if user.has_role(Role.SIGNER, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD):
        tasks += _to_sign(user) + _to_agree(user)
    if user.has_role(Role.PROJECT_LEADER):
        counts = (figures or Figures()).counts
        if counts[AgreementState.DRAFT]:
            tasks += _drafts(AgreementVersion.objects.visible_to(user), pages=None)
        if counts[AgreementState.NEGOTIATION] or counts[AgreementState.AGREED]:
            tasks += _talks(AgreementVersion.objects.visible_to(user))
        if counts[AgreementState.IN_FORCE]:
            tasks += _endings(today)
        if counts[AgreementState.TERMINATED]:
            tasks += _support_after_the_end(today)
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
        .defer("version__content")
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


def _to_agree(user: User) -> list[WorkItem]:
    parties = (
        AgreementParty.objects.signable_by(user)
        .without_consent()
        .filter(version__state=AgreementState.NEGOTIATION)
        .select_related("version")
        .defer("version__content")
        .order_by("version__ikc_name", "pk")
    )
    return [
        WorkItem(
            f"Lees de resultaatafspraak van {party.version.ikc_name} en geef uw reactie",
            party.version.get_absolute_url(),
            f"namens {party.organisation_name}",
            badge="In overleg",
            kind="warning",
        )
        for party in parties
    ]


def _talks(versions) -> list[WorkItem]:
    """What the project leader does next in a negotiation: settle comments, or offer what all agreed to."""
    tasks = []
    waiting = Count("comments", filter=Q(comments__settled_at=None))
    for version in (
        versions.filter(state__in=(AgreementState.NEGOTIATION, AgreementState.AGREED))
        .annotate(open_comments=waiting)
        .order_by("ikc_name", "pk")
    ):
        if version.state == AgreementState.AGREED:
            tasks.append(
                WorkItem(
                    f"Bied de resultaatafspraak van {version.ikc_name} aan om te tekenen",
                    version.get_absolute_url(),
                    "alle partijen zijn akkoord",
                    badge="Akkoord",
                    kind="success",
                )
            )
        elif version.open_comments:
            one = version.open_comments == 1
            tasks.append(
                WorkItem(
                    f"Handel de opmerkingen over de resultaatafspraak van {version.ikc_name} af",
                    reverse("agreements:version_comments", args=[version.pk]),
                    f"{version.open_comments} open opmerking{'' if one else 'en'}",
                    badge="In overleg",
                )
            )
    return tasks


# From this many days before its last day on an agreement needs its final evaluation.
FINAL_EVALUATION_DAYS = 90


def _endings(today: date) -> list[WorkItem]:
    """Agreements that a party gave notice of, and those that end soon without a final evaluation."""
    soon = today + timedelta(days=FINAL_EVALUATION_DAYS)
    final = AnnualEvaluation.objects.filter(agreement=OuterRef("agreement"), is_final=True)
    versions = (
        AgreementVersion.objects.in_force()
        .filter(Q(termination__isnull=False) | Q(period_end__lte=soon) & ~Exists(final))
        .select_related("termination__party")
        .order_by("ikc_name", "pk")
    )
    return [_ending(version) for version in versions]


def _support_after_the_end(today: date) -> list[WorkItem]:
    """IKCs whose agreement was ended while people are still placed there (domain reference 5.4: allocations become tasks)."""
    placed = (
        SupportWorkerAllocation.objects.filter(
            ikc=OuterRef("agreement__ikc"), valid_until__gte=today
        )
        .order_by()
        .values("ikc")
        .annotate(n=Count("pk"), last=Max("valid_until"))
    )
    versions = (
        AgreementVersion.objects.filter(state=AgreementState.TERMINATED)
        .annotate(placed=Subquery(placed.values("n")), placed_until=Subquery(placed.values("last")))
        .filter(placed__gt=0)
        .order_by("ikc_name", "pk")
    )
    return [
        WorkItem(
            f"Bespreek de inzet van ondersteuning op {version.ikc_name}",
            reverse("ikc:support_ikc", args=[version.agreement.ikc_id]),
            f"de resultaatafspraak is opgezegd; nog {version.placed}"
            f" keer inzet, tot en met {version.placed_until:%d-%m-%Y}",
            badge="Opgezegd",
            kind="danger",
        )
        for version in versions.select_related("agreement")
    ]


def _ending(version: AgreementVersion) -> WorkItem:
    notice = getattr(version, "termination", None)
    if notice is not None:
        return WorkItem(
            f"Bespreek de opzegging van de resultaatafspraak van {version.ikc_name}",
            version.get_absolute_url(),
            f"door {notice.party.organisation_name}: gevolgen voor de status Plus, de inzet en de bijdragen",
            badge="Opgezegd",
            kind="danger",
        )
    return WorkItem(
        f"Leg de eindevaluatie van de resultaatafspraak van {version.ikc_name} vast",
        reverse("agreements:version_evaluate", args=[version.pk]),
        "zonder eindevaluatie wordt de afspraak niet afgerond",
        badge="Loopt af",
        kind="warning",
    )


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
                    f"Leg de resultaatafspraak van {version.ikc_name} voor aan de partijen",
                    reverse("agreements:version_lay", args=[version.pk]),
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
    counts = (figures or Figures()).counts
    if not counts["total"]:
        return []
    tiles = [
        Tile(
            "In werking",
            counts[AgreementState.IN_FORCE],
            f"van {counts['total']} resultaatafspraken",
        ),
        Tile("Ter ondertekening", counts[AgreementState.SIGNING]),
        Tile("In overleg", counts[AgreementState.NEGOTIATION] + counts[AgreementState.AGREED]),
        Tile("Concept", counts[AgreementState.DRAFT]),
    ]
    return [Panel("agreements/_panel.html", {"tiles": tiles})]
