"""The parts of the page of an IKC that this app has itself: support, and where it was talked about."""

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.urls import reverse

from ikc.agenda import key_of
from ikc.ikc_sections import MOST, Line, Section, register
from ikc.models import (
    AgendaItem,
    Ikc,
    PlusStatus,
    SupportRequest,
    SupportWorkerAllocation,
    User,
)
from ikc.states_governance import ActionState
from ikc.support_page import hours_words
from kvk2.core.capitals import upper_first
from kvk2.nlds.templatetags.nlds import dutch_date


def register_sections() -> None:
    register("ondersteuning", 40, support)
    register("overleg", 50, talk)


def support(ikc: Ikc, user: User, today: date) -> Section | None:
    """Who works here for how many hours a week, now or later, and what was asked."""
    if not (user.has_perm("ikc.view_support") and user.has_perm("ikc.view_plus", ikc)):
        return None
    allocations = (
        SupportWorkerAllocation.objects.visible_to(user)
        .filter(ikc=ikc, valid_until__gte=today)
        .select_related("worker")
        .order_by("valid_from", "kind", "pk")
    )
    requests = SupportRequest.objects.visible_to(user).filter(ikc=ikc).open().by_urgency()
    lines = [_hours(row, today) for row in allocations[:MOST]]
    for request in requests[:MOST]:
        request.ikc = ikc
        lines.append(
            Line(
                upper_first(str(request.get_kind_display())),
                request.get_absolute_url(),
                f"graag vóór {dutch_date(request.wanted_by)}" if request.wanted_by else "",
                str(request.get_state_display()),
                request.badge,
            )
        )
    links = [("Alle inzet en verzoeken", reverse("ikc:support_ikc", args=[ikc.pk]))]
    if user.has_perm("ikc.request_support", ikc):
        links.append(("Ondersteuning vragen", reverse("ikc:support_request_create", args=[ikc.pk])))
    empty = "Geen vaste uren en geen open verzoek."
    return Section("ondersteuning", "Ondersteuning", lines, empty, links)


def _hours(row: SupportWorkerAllocation, today: date) -> Line:
    later = row.valid_from > today
    period = f"vanaf {dutch_date(row.valid_from)}, " if later else ""
    who = row.worker or "nog niet bekend wie"
    return Line(
        f"{upper_first(row.short_kind)}, {hours_words(row.hours_per_week)} per week",
        hint=f"{period}tot en met {dutch_date(row.valid_until)} · {who}",
        badge="gepland" if later else "nu",
        kind="neutral" if later else "success",
    )


def talk(ikc: Ikc, user: User, today: date) -> Section | None:
    """Points on agendas about the IKC or its status Plus, in meetings whose papers are the reader's to see."""
    kind = ContentType.objects.get_for_model
    about = Q(subject_type=kind(Ikc), subject_id=ikc.pk) | Q(
        subject_type=kind(PlusStatus),
        subject_id__in=PlusStatus.objects.filter(ikc=ikc).values("pk"),
    )
    items = list(
        AgendaItem.objects.visible_to(user, today)
        .filter(about)
        .select_related("meeting__body")
        .annotate(to_do=Count("actions", filter=Q(actions__state=ActionState.OPEN)))
        .order_by("-meeting__takes_place_on", "-pk")[:MOST]
    )
    may_place = user.has_perm("ikc.manage_bodies")
    if not (items or may_place):
        return None
    links = [("Alle overleggen", reverse("ikc:consultation_list"))]
    if may_place:
        links.append(("Op een agenda zetten", f"{reverse('ikc:item_place')}?over={key_of(ikc)}"))
    empty = "Nog niet besproken in een overleg."
    return Section("overleg", "Overleg", [_point(item) for item in items], empty, links)


def _point(item: AgendaItem) -> Line:
    to_do = item.to_do  # type: ignore[attr-defined]
    actions = f" · {to_do} {'open actie' if to_do == 1 else 'open acties'}" if to_do else ""
    meeting = item.meeting
    return Line(
        item.title,
        item.get_absolute_url(),
        f"{meeting.body}, {dutch_date(meeting.takes_place_on)}{actions}",
        str(item.get_outcome_display() or meeting.get_state_display()),
        "success" if item.outcome else meeting.badge,
    )
