"""What an applicant is asked: the questions of the commission, whether less money will do, a view on an intention."""

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from ikc.models import User
from ikc.roles import Role
from kvk2.core.deadlines import local_date
from kvk2.core.worklist import WorkItem
from subsidies.models import AgendaItem, PartialAcceptance, ViewRequest
from subsidies.states import ApplicationState, PartialOfferState, ViewState
from subsidies.states_meetings import MeetingState


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The questions to `user` of which the term still runs; no query for somebody who never applies."""
    if not user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return []
    own = Q(application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR)) | Q(
        application__board__in=user.organisation_ids(Role.SCHOOL_BOARD)
    )
    offers = PartialAcceptance.objects.filter(
        own,
        state=PartialOfferState.ASKED,
        application__state=ApplicationState.ADVISED,
        answer_until__gte=today,
    )
    views = ViewRequest.objects.filter(
        own,
        state=ViewState.ASKED,
        application__state=ApplicationState.INTENT,
        due_on__gte=today,
    )
    slots = AgendaItem.objects.of_applicant(user).filter(
        meeting__state=MeetingState.PLANNED, starts_at__gte=timezone.now()
    )
    return [
        *(
            _conversation(item)
            for item in slots.select_related("application__ikc", "meeting").order_by(
                "starts_at", "pk"
            )
        ),
        *(
            WorkItem(
                f"Antwoord: kan uw plan voor {offer.application.ikc} met minder geld?",
                reverse("subsidies:partial_offer", args=[offer.application_id]),
                offer.application.number,
                "antwoord nodig",
                "danger",
                offer.answer_until,
            )
            for offer in offers.select_related("application__ikc").order_by("answer_until", "pk")
        ),
        *(
            WorkItem(
                f"Reageer op ons voornemen over {view.application.ikc}",
                reverse("subsidies:view_give", args=[view.application_id]),
                view.application.number,
                "reactie mogelijk",
                "warning",
                view.due_on,
            )
            for view in views.select_related("application__ikc").order_by("due_on", "pk")
        ),
    ]


def _conversation(item: AgendaItem) -> WorkItem:
    """The questions of the commission while they can be answered, otherwise the conversation itself."""
    url, number = reverse("subsidies:presentation", args=[item.pk]), item.application.number
    until = item.meeting.answers_until or item.meeting.starts_at
    if item.questions_sent_at and item.answered_at is None and timezone.now() <= until:
        return WorkItem(
            f"Beantwoord de vragen van de commissie over {item.application.ikc}",
            url,
            number,
            "antwoord nodig",
            "warning",
            local_date(until),
        )
    return WorkItem(
        f"Gesprek met de IKC-commissie over {item.application.ikc}",
        url,
        number,
        "afspraak",
        "neutral",
        local_date(item.starts_at),
    )
