"""Interests to declare, applications to score, advice, the division, decisions and letters to read."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import Panel, WorkItem
from kvk2.nlds.components import Progress
from subsidies.decision_terms import scheme_term
from subsidies.models import (
    AllocationRun,
    Application,
    CommissionAdvice,
    CommissionMember,
    Decision,
    InterestDeclaration,
    Letter,
    Message,
    SchemeVersion,
    SubsidyRound,
)
from subsidies.review_page import own_reviews
from subsidies.services.commission import DECLARABLE
from subsidies.services.scheme_terms import READ
from subsidies.services.schemes import missing_for_force
from subsidies.states import (
    COUNTED_REVIEWS,
    OPEN_REVIEWS,
    AdviceState,
    AllocationRunState,
    ApplicationState,
    DecisionState,
    RoundState,
    SchemeState,
)
from subsidies.worklist.reads import StartReads


def tasks_for(user: User, *, today: date, reads: StartReads | None = None) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    reads = reads or StartReads(user)
    tasks: list[WorkItem] = []
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        tasks += _to_read(user)
    if user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY):
        tasks += _to_declare(user, today)
        tasks += _to_review(user)
    if user.has_role(Role.COMMISSION_SECRETARY):
        tasks += _to_advise(user)
    if user.has_role(Role.PROJECT_LEADER):
        tasks += _to_divide_and_decide(user, reads)
        tasks += _to_post()
    if user.has_role(Role.SIGNER):
        tasks += _to_put_in_force()
        tasks += _to_lock()
        tasks += _to_sign()
    return tasks


def _to_read(user: User) -> list[WorkItem]:
    unread = Message.objects.visible_to(user).unread().count()
    if not unread:
        return []
    noun = "nieuw bericht" if unread == 1 else "nieuwe berichten"
    return [
        WorkItem(
            f"U hebt {unread} {noun}",
            f"{reverse('subsidies:message_list')}?status=nieuw",
            "een brief kan een termijn laten ingaan",
            "nieuw",
            "warning",
        )
    ]


def _to_declare(user: User, today: date) -> list[WorkItem]:
    declared = InterestDeclaration.objects.filter(round=OuterRef("pk"), member__user=user)
    seat = CommissionMember.objects.active_on(today).filter(user=user)
    rounds = SubsidyRound.objects.filter(Exists(seat), state__in=DECLARABLE).exclude(
        Exists(declared)
    )
    return [
        WorkItem(
            f"Geef uw belangen op voor {round_}",
            reverse("subsidies:commission_declare", args=[round_.pk]),
            "nodig voordat u aanvragen krijgt",
            "te doen",
            "warning",
        )
        for round_ in rounds.order_by("-opens_at", "pk")
    ]


def _to_review(user: User) -> list[WorkItem]:
    """One task per round, however many reviews it has."""
    reviews = own_reviews(user).filter(
        state__in=OPEN_REVIEWS,
        application__state__in=[ApplicationState.ADMITTED, ApplicationState.IN_REVIEW],
    )
    waiting: dict[SubsidyRound, int] = {}
    for review in reviews.order_by("-application__round__opens_at", "pk"):
        round_ = review.application.round
        waiting[round_] = waiting.get(round_, 0) + 1
    return [
        WorkItem(
            f"Beoordeel {_counted(count, 'aanvraag', 'aanvragen')}",
            reverse("subsidies:review_list"),
            str(round_),
            "te beoordelen",
            "warning",
        )
        for round_, count in waiting.items()
    ]


def _to_advise(user: User) -> list[WorkItem]:
    """Per round in assessment what the secretary can do now."""
    waiting = Application.objects.open_to_commission(user).filter(round__state=RoundState.ASSESSING)
    figures = waiting.values("round").annotate(
        unassigned=Count("pk", filter=Q(state=ApplicationState.ADMITTED)),
        in_review=Count("pk", filter=Q(state=ApplicationState.IN_REVIEW)),
    )
    unsent = dict(
        CommissionAdvice.objects.filter(
            state=AdviceState.ADOPTED, application__round__state=RoundState.ASSESSING
        )
        .values_list("application__round")
        .annotate(Count("pk"))
    )
    rounds = {row["round"]: row for row in figures.order_by("round")}
    named = SubsidyRound.objects.filter(state=RoundState.ASSESSING).order_by("-opens_at", "pk")
    return [
        item
        for round_ in named
        if round_.pk in rounds
        for item in _advice_items(round_, rounds[round_.pk], unsent.get(round_.pk, 0))
    ]


def _advice_items(round_: SubsidyRound, figures: Mapping[str, Any], unsent: int) -> list[WorkItem]:
    url = reverse("subsidies:advice_round", args=[round_.pk])
    items = []
    if count := figures["unassigned"]:
        items.append(
            WorkItem(
                f"Koppel beoordelaars aan {_counted(count, 'aanvraag', 'aanvragen')}",
                reverse("subsidies:commission_assign", args=[round_.pk]),
                str(round_),
                "niet gestart",
            )
        )
    if count := figures["in_review"]:
        items.append(
            WorkItem(
                f"Werk aan {_counted(count, 'advies', 'adviezen')}",
                url,
                str(round_),
                "in beoordeling",
                "warning",
            )
        )
    if unsent:
        items.append(
            WorkItem(
                f"Verstuur {_counted(unsent, 'advies', 'adviezen')}",
                url,
                str(round_),
                "vastgesteld",
                "warning",
            )
        )
    if not figures["unassigned"] and not figures["in_review"] and not unsent:
        items.append(
            WorkItem(f"Rond de advisering af van {round_}", url, "over alles is geadviseerd")
        )
    return items


def _to_divide_and_decide(user: User, reads: StartReads) -> list[WorkItem]:
    """Rounds to divide, drafts to make or to hand on, and those of a colleague to check; at most one query."""
    rounds = list(_advised_rounds(user, reads))
    return [
        *(_to_divide(round_) for round_, found in rounds if not found.locked and not found.divided),
        *(item for round_, found in rounds if found.locked for item in _to_draft(round_, found)),
        *(_to_check(round_, found.in_check) for round_, found in rounds if found.in_check),
    ]


def _to_divide(round_: SubsidyRound) -> WorkItem:
    return WorkItem(
        f"Verdeel het geld van {round_}",
        reverse("subsidies:allocation_round", args=[round_.pk]),
        "het advies is klaar",
        "te doen",
        "warning",
        scheme_term(round_),
    )


def _to_draft(round_: SubsidyRound, found: Any) -> list[WorkItem]:
    url, due = reverse("subsidies:decision_bundle", args=[round_.pk]), scheme_term(round_)
    items = []
    if not found.decisions:
        title = f"Maak conceptbesluiten voor {round_}"
        items.append(WorkItem(title, url, "de verdeling ligt vast", "te doen", "warning", due))
    if found.drafts:
        count = _counted(found.drafts, "conceptbesluit", "conceptbesluiten")
        items.append(WorkItem(f"Leg {count} voor", url, str(round_), "concept", "neutral", due))
    return items


def _to_check(round_: SubsidyRound, count: int) -> WorkItem:
    return WorkItem(
        f"Toets {_counted(count, 'besluit', 'besluiten')} van een collega",
        reverse("subsidies:decision_approve", args=[round_.pk]),
        str(round_),
        "juridische toets",
        "warning",
        scheme_term(round_),
    )


def _advised_rounds(user: User, reads: StartReads) -> Iterator[tuple[SubsidyRound, Any]]:
    """Advised rounds with the number of decisions per state; `in_check` leaves out what `user` drafted."""
    rounds = reads.newest_in(RoundState.ADVISED)
    if not rounds:
        return
    path = "applications__decisions"
    standing = ~Q(**{f"{path}__state": DecisionState.DISCARDED}) & Q(**{f"{path}__isnull": False})
    checked = Q(**{f"{path}__state": DecisionState.LEGAL_CHECK}) & ~Q(
        **{f"{path}__drafted_by": user}
    )
    figures = (
        SubsidyRound.objects.filter(pk__in=[round_.pk for round_ in rounds])
        .annotate(
            locked=Exists(_runs(AllocationRunState.LOCKED)),
            divided=Exists(_runs(AllocationRunState.DRAFT)),
            decisions=Count(path, filter=standing),
            drafts=Count(path, filter=Q(**{f"{path}__state": DecisionState.DRAFT})),
            in_check=Count(path, filter=checked),
        )
        .only("pk")
        .in_bulk()
    )
    for round_ in rounds:
        yield round_, figures[round_.pk]


def _to_post() -> list[WorkItem]:
    letters = reverse("subsidies:letter_list")
    items = []
    post, failing = Letter.objects.waiting()
    if post:
        items.append(
            WorkItem(
                f"Verstuur {_counted(post, 'brief', 'brieven')} per post",
                f"{letters}?status=post",
                "zonder instemming met digitale post",
                "per post",
                "warning",
            )
        )
    if failing:
        items.append(
            WorkItem(
                "Kijk naar 1 brief die niet gemaakt kan worden"
                if failing == 1
                else f"Kijk naar {failing} brieven die niet gemaakt kunnen worden",
                f"{letters}?status=failing",
                "het portaal probeert het opnieuw",
                "mislukt",
                "danger",
            )
        )
    return items


def _to_put_in_force() -> list[WorkItem]:
    """Versions of a scheme that lack nothing any more and wait for the decision of the college (Awb 4:23)."""
    drafts = SchemeVersion.objects.filter(state=SchemeState.DRAFT).select_related("scheme")
    return [
        WorkItem(
            f"Laat de regeling ‘{version.scheme}’ in werking treden",
            reverse("subsidies:scheme_version_in_force", args=[version.pk]),
            f"versie {version.number} is compleet",
            "te besluiten",
            "warning",
        )
        for version in drafts.prefetch_related(*READ).order_by("scheme__name", "number")
        if not missing_for_force(version)
    ]


def _runs(state: AllocationRunState):
    """Divisions of a round by its published rules."""
    return AllocationRun.objects.filter(round=OuterRef("pk"), state=state, hypothetical=False)


def _to_lock() -> list[WorkItem]:
    """Divisions that the project leader made, for the signer to lock (domain reference 6.2)."""
    rounds = SubsidyRound.objects.filter(
        Exists(_runs(AllocationRunState.DRAFT)), state=RoundState.ADVISED
    )
    return [
        WorkItem(
            f"Leg de verdeling vast van {round_}",
            reverse("subsidies:allocation_round", args=[round_.pk]),
            "berekend door de projectleider",
            "vast te leggen",
            "warning",
            scheme_term(round_),
        )
        for round_ in rounds.select_related("scheme_version").order_by("-opens_at", "pk")
    ]


def _to_sign() -> list[WorkItem]:
    ready = Decision.objects.filter(
        application__round=OuterRef("pk"),
        kind__in=(*Decision.GRANTS, Decision.Kind.REFUSAL),
        state=DecisionState.READY,
    )
    rounds = SubsidyRound.objects.filter(Exists(ready), state=RoundState.ADVISED)
    return [
        WorkItem(
            f"Neem de besluiten van {round_}",
            reverse("subsidies:decision_take", args=[round_.pk]),
            "getoetst en klaar om te ondertekenen",
            "te ondertekenen",
            "warning",
            scheme_term(round_),
        )
        for round_ in rounds.select_related("scheme_version").order_by("-opens_at", "pk")
    ]


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def panels_for(user: User, *, today: date) -> list[Panel]:
    """How far the commission is: a member sees the own reviews, the secretary the advice."""
    rows: list[Progress] = []
    if user.has_role(Role.COMMISSION_MEMBER):
        rows += _review_progress(user)
    if user.has_role(Role.COMMISSION_SECRETARY):
        rows += _advice_progress(user)
    if not rows:
        return []
    context = {"heading": "Hoe ver het is", "slug": "commissie", "rows": rows}
    return [Panel("components/panel_progress.html", context)]


def _review_progress(user: User) -> list[Progress]:
    figures = (
        own_reviews(user)
        .filter(
            state__in=[*OPEN_REVIEWS, *COUNTED_REVIEWS],
            application__round__state=RoundState.ASSESSING,
        )
        .values("application__round", "application__round__name")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(state__in=COUNTED_REVIEWS)))
        .order_by("-application__round")
    )
    url = reverse("subsidies:review_list")
    return [
        Progress(
            row["application__round__name"],
            url,
            row["done"],
            row["total"],
            "beoordelingen ingediend",
        )
        for row in figures
    ]


def _advice_progress(user: User) -> list[Progress]:
    figures = (
        Application.objects.open_to_commission(user)
        .filter(round__state=RoundState.ASSESSING)
        .values("round", "round__name")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(state=ApplicationState.ADVISED)))
        .order_by("-round")
    )
    return [
        Progress(
            row["round__name"],
            reverse("subsidies:advice_round", args=[row["round"]]),
            row["done"],
            row["total"],
            "adviezen vastgesteld",
        )
        for row in figures
    ]
