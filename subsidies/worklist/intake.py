"""Rounds to write, adopt and publish, applications to finish and to check."""

from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from ikc.models import Ikc, User
from ikc.roles import Role
from kvk2.core.worklist import Panel, WorkItem
from kvk2.nlds.templatetags.nlds import euro0
from subsidies.closing import closing_moment
from subsidies.models import Application, HandOver, PartnerConfirmation, SubsidyRound
from subsidies.states import FILED, LIVE, ApplicationState, RoundState
from subsidies.worklist.reads import StartReads


def tasks_for(user: User, *, today: date, reads: StartReads | None = None) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    reads = reads or StartReads(user)
    tasks: list[WorkItem] = []
    if user.has_role(Role.SIGNER):
        tasks += _to_adopt(reads)
    if user.has_role(Role.PROJECT_LEADER):
        tasks += _of_project_leader(reads)
    if user.has_role(Role.IKC_DIRECTOR):
        tasks += _of_director(user)
    if user.has_role(Role.CHILDCARE_BOARD):
        tasks += _of_partner(user)
    return tasks


def _of_partner(user: User) -> list[WorkItem]:
    """The plans that wait for the word of the childcare partner."""
    asked = (
        PartnerConfirmation.objects.filter(
            organisation__in=user.organisation_ids(Role.CHILDCARE_BOARD),
            answered_at=None,
            application__state=ApplicationState.DRAFT,
            application__round__state=RoundState.OPEN,
        )
        .select_related("application__ikc", "application__round")
        .order_by("asked_at", "pk")
    )
    return [
        WorkItem(
            f"Bevestig het plan van {row.application.ikc}",
            reverse("subsidies:application_confirm", args=[row.application_id]),
            str(row.application.round),
            "wacht op u",
            "warning",
            timezone.localdate(closing_moment(row.application.round)),
        )
        for row in asked
    ]


def _to_adopt(reads: StartReads) -> list[WorkItem]:
    return [
        WorkItem(
            f"Stel {round_} vast", round_.get_absolute_url(), "wacht op het college", "concept"
        )
        for round_ in reads.rounds_in(RoundState.DRAFT)
    ]


def _of_project_leader(reads: StartReads) -> list[WorkItem]:
    rounds = reads.rounds_in(
        RoundState.DRAFT, RoundState.ADOPTED, RoundState.OPEN, RoundState.CLOSED
    )
    return [item for round_ in rounds for item in _for_round(round_)]


def _for_round(round_: Any) -> list[WorkItem]:
    url = round_.get_absolute_url()
    if round_.state == RoundState.DRAFT:
        return [
            WorkItem(f"Maak {round_} af", url, "daarna stelt het college de ronde vast", "concept")
        ]
    if round_.state == RoundState.ADOPTED:
        return [
            WorkItem(
                f"Publiceer {round_}",
                url,
                "vóór de opening",
                "vastgesteld",
                "warning",
                timezone.localdate(round_.opens_at),
            )
        ]
    items = []
    if round_.unchecked:
        noun = "aanvraag" if round_.unchecked == 1 else "aanvragen"
        items.append(
            WorkItem(
                f"Controleer {round_.unchecked} {noun} in {round_}",
                f"{reverse('subsidies:application_list')}?round={round_.pk}&state=to_check",
                "volledig, doelgroep, machtiging",
                "te controleren",
                "warning",
            )
        )
    elif round_.state == RoundState.CLOSED:
        items.append(
            WorkItem(f"Start de beoordeling van {round_}", url, "alle aanvragen zijn gecontroleerd")
        )
    return items


def _of_director(user: User) -> list[WorkItem]:
    own = list(
        Application.objects.filter(
            ikc__in=user.ikc_ids(Role.IKC_DIRECTOR), round__state=RoundState.OPEN, state__in=LIVE
        )
        .select_related("round", "ikc")
        .prefetch_related(
            Prefetch(
                "hand_overs",
                HandOver.objects.select_related("given_by").order_by("-given_at", "-pk"),
            )
        )
        .order_by("pk")
    )
    items = [
        WorkItem(
            f"Maak uw aanvraag af voor {application.ikc}",
            reverse("subsidies:application_steps", args=[application.pk]),
            _handed_over(application, user) or str(application.round),
            "concept",
            "neutral",
            timezone.localdate(closing_moment(application.round)),
        )
        for application in own
        if application.state == ApplicationState.DRAFT
    ]
    return items + _to_start(user, {(item.round_id, item.ikc_id) for item in own})


def _handed_over(application: Application, user: User) -> str:
    """Who gave the draft to `user`; nothing when somebody else has it."""
    last = next(iter(application.hand_overs.all()), None)
    if last is None or last.given_to_id != user.pk:
        return ""
    return f"{last.given_by} droeg deze aanvraag aan u over"


def _to_start(user: User, started: set[tuple[int, int]]) -> list[WorkItem]:
    rounds = list(SubsidyRound.objects.filter(state=RoundState.OPEN).order_by("closes_at", "pk"))
    ikcs = list(Ikc.objects.filter(pk__in=user.ikc_ids(Role.IKC_DIRECTOR)).order_by("name", "pk"))
    return [
        WorkItem(
            f"Vraag subsidie aan voor {ikc}",
            reverse("subsidies:application_start", args=[round_.pk]),
            str(round_),
            "ronde open",
            "success",
            timezone.localdate(closing_moment(round_)),
        )
        for round_ in rounds
        for ikc in ikcs
        if (round_.pk, ikc.pk) not in started and ikc.form in round_.eligible_forms
    ]


def panels_for(user: User, *, today: date, reads: StartReads | None = None) -> list[Panel]:
    """How the running rounds stand for municipal eyes; for the applicant, the own applications."""
    if user.is_municipal:
        return _running_rounds(reads or StartReads(user))
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return _own_applications(user)
    return []


def _running_rounds(reads: StartReads) -> list[Panel]:
    rounds = reads.newest_in(
        RoundState.PUBLISHED,
        RoundState.OPEN,
        RoundState.CLOSED,
        RoundState.ASSESSING,
        RoundState.ADVISED,
    )[:5]
    return [Panel("subsidies/_rounds_panel.html", {"rounds": rounds})] if rounds else []


def _own_applications(user: User) -> list[Panel]:
    applications = (
        Application.objects.visible_to(user)
        .filter(state__in=FILED)
        .select_related("ikc", "round")
        .order_by("-received_at", "-pk")[:5]
    )
    items = [
        WorkItem(
            application.title or f"Aanvraag {application.number}",
            application.get_absolute_url(),
            f"{application.ikc} · {application.round} · {euro0(application.requested_amount)} gevraagd",
            application.label_for(user),
            application.badge,
        )
        for application in applications
    ]
    if not items:
        return []
    context = {
        "heading": "Uw aanvragen",
        "slug": "aanvragen",
        "items": items,
        "url": reverse("subsidies:application_list"),
        "link": "Alle aanvragen",
    }
    return [Panel("components/panel_list.html", context)]
