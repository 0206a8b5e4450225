"""How the views of this app find their object: unseen is 404, not allowed is 403."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from subsidies.models import Application, Attachment, Decision, RemovedAttachment, SubsidyRound


def get_round_or_404(request: HttpRequest, pk: int) -> SubsidyRound:
    return get_object_or_404(SubsidyRound.objects.visible_to(request.user), pk=pk)


def applications_of(request: HttpRequest) -> QuerySet[Application]:
    """What the user may see, with what a page about one application reads beside its dossier."""
    return Application.objects.visible_to(request.user).select_related(
        "round__scheme_version", "ikc", "board", "plan"
    )


def get_application_or_404(request: HttpRequest, pk: int) -> Application:
    return get_object_or_404(applications_of(request), pk=pk)


def get_removed_or_404(request: HttpRequest, pk: int) -> RemovedAttachment:
    """A file that was taken away from an application that the user may see."""
    rows = RemovedAttachment.objects.select_related(
        "application__ikc__board", "application__round", "application__board", "stored"
    )
    visible = Application.objects.visible_to(request.user)
    return get_object_or_404(rows.filter(application__in=visible), pk=pk)


def get_attachment_or_404(request: HttpRequest, pk: int) -> Attachment:
    """An attachment of an application that the user may see."""
    visible = Application.objects.visible_to(request.user)
    return get_object_or_404(
        Attachment.objects.filter(application__in=visible).select_related(
            "stored", "application__ikc__board", "application__round"
        ),
        pk=pk,
    )


def get_decision_or_404(request: HttpRequest, pk: int) -> Decision:
    """A decision on an application itself; the later ones have pages of their own."""
    answers = Decision.objects.visible_to(request.user).filter(kind__in=Decision.ANSWERS)
    decisions = answers.select_related(
        "application__round__scheme_version",
        "application__ikc",
        "application__board",
        "application__advice",
        "application__plan",
        "continuity__recorded_by",
        "drafted_by",
        "checked_by",
        "taken_by",
        "signing_mandate",
    )
    return get_object_or_404(decisions, pk=pk)
