"""What an applicant is asked while the municipality decides: whether less money will do, and what they think of an intention."""

from datetime import date

from django.db.models import Q
from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import PartialAcceptance, ViewRequest
from subsidies.states import ApplicationState, PartialOfferState, ViewState


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
    return [
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
