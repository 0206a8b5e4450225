"""Practice cards: what worked, found by every IKC; who does it too, questions and answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ikc.models import Ikc
from ikc.roles import Role
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.forms_learning import PracticeFilterForm, PracticeForm, QuestionForm
from monitoring.models import LearningMeeting, Practice, PracticeQuestion
from monitoring.services import learning
from monitoring.states_pdca import PRACTICE_WORKFLOW
from monitoring.views.acting import get_action_or_404

PAGE_SIZE = 12
SAID = {
    "agree": "Het IKC is akkoord. De projectleider kan de kaart delen.",
    "reopen": "De kaart is weer in bewerking.",
    "publish": "De kaart is gedeeld met alle IKC's.",
    "withdraw": "De kaart is ingetrokken.",
}
# Which permission each step asks.
NEEDS = {
    "agree": "agree_practice",
    "reopen": "change_practice",
    "publish": "publish_practice",
    "withdraw": "withdraw_practice",
}


def crumbs(*more):
    return [("Wat werkt", reverse("monitoring:practice_list") if more else None), *more]


def get_practice_or_404(request, pk: int) -> Practice:
    require(request, "monitoring.view_practices")
    visible = Practice.objects.visible_to(request.user).select_related(
        "ikc", "goal", "action__conclusion", "agreed_by"
    )
    return get_object_or_404(visible, pk=pk)


@require_safe
def practice_list(request):
    """The cards that are shared, with search, filters and order; own drafts and coming meetings beside them."""
    require(request, "monitoring.view_practices")
    form = PracticeFilterForm(request.GET or None)
    found = form.matching(Practice.objects.published().for_list())
    waiting = Practice.objects.visible_to(request.user).filter(state__in=("draft", "agreed"))
    return render(
        request,
        "monitoring/practice_list.html",
        {
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in ("q", "doel", "leeftijd")),
            "waiting": waiting.select_related("ikc").order_by("pk"),
            "meetings": LearningMeeting.objects.coming(timezone.localdate())
            .with_counts()
            .order_by("takes_place_on", "starts_at", "pk")[:4],
            "may_plan": request.user.has_perm("monitoring.plan_learning_meeting"),
            "breadcrumbs": crumbs(),
        },
    )


@require_safe
def practice_detail(request, pk):
    practice, user = get_practice_or_404(request, pk), request.user
    adoptions = list(practice.adoptions.select_related("ikc").order_by("ikc__name", "pk"))
    own = set(user.ikc_ids(Role.IKC_DIRECTOR))
    follows = practice.is_published and user.has_perm("monitoring.follow_practice", practice)
    return render(
        request,
        "monitoring/practice_detail.html",
        {
            "practice": practice,
            "adoptions": adoptions,
            "questions": practice.questions.select_related("asked_by", "answered_by").order_by(
                "asked_at", "pk"
            ),
            "meetings": practice.meetings.coming(timezone.localdate())
            .with_counts()
            .order_by("takes_place_on", "pk"),
            "steps": [
                step
                for step in PRACTICE_WORKFLOW.available_from(practice.state)
                if user.has_perm(f"monitoring.{NEEDS[step.name]}", practice)
            ],
            "may": {
                "change": practice.is_draft
                and user.has_perm("monitoring.change_practice", practice),
                "follow": follows and not own & {row.ikc_id for row in adoptions},
                "ask": practice.is_published and user.has_perm("monitoring.ask_practice", practice),
                "answer": user.has_perm("monitoring.answer_practice", practice),
            },
            "breadcrumbs": crumbs((practice.title, None)),
        },
    )


@require_http_methods(["GET", "POST"])
def practice_create(request, action_pk):
    """From an action that works to a card that other IKCs can find."""
    action = get_action_or_404(request, action_pk)
    require(request, "monitoring.write_practice", action)
    goal = action.conclusion.result.goal
    form = PracticeForm(
        posted(request),
        initial={
            "title": action.title[:120],
            "goal": goal.pk,
            "what": action.result,
            "seen": action.effect_note,
            "for_whom": action.conclusion.result.target_group,
        },
        programme_id=goal.programme_id,
        back=action.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            practice = learning.write_card(action, form.card(), by=request.user, at=timezone.now())
            messages.success(request, "De kaart is bewaard. Zij is nog niet gedeeld.")
            return redirect(practice)
    return _form_page(request, form, "Praktijkkaart maken", "Wat werkte, kan een ander IKC helpen.")


@require_http_methods(["GET", "POST"])
def practice_edit(request, pk):
    practice = get_practice_or_404(request, pk)
    require(request, "monitoring.change_practice", practice)
    form = PracticeForm(
        posted(request),
        initial={name: getattr(practice, name) for name in PracticeForm.base_fields},
        programme_id=practice.goal.programme_id,
        back=practice.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            learning.change_card(practice, form.card(), by=request.user, at=timezone.now())
            messages.success(request, "De kaart is bewaard.")
            return redirect(practice)
    return _form_page(request, form, "Praktijkkaart wijzigen", practice.ikc.name, practice)


def _form_page(request, form, heading: str, lead: str, practice: Practice | None = None):
    trail = [(practice.title, practice.get_absolute_url())] if practice else []
    return render_form(
        request,
        "monitoring/learning_form.html",
        {"heading": heading, "lead": lead, "breadcrumbs": crumbs(*trail, (heading, None))},
        forms=[form],
    )


@require_POST
def practice_step(request, pk, step):
    """Agree to be named, share, open again or withdraw."""
    practice = get_practice_or_404(request, pk)
    require(request, f"monitoring.{NEEDS[step]}", practice)
    return _do(request, practice, lambda: _move(practice, step, request.user), SAID[step])


def _move(practice: Practice, step: str, user) -> None:
    learning.move_card(practice, step, by=user, at=timezone.now())


def _do(request, practice: Practice, deed, said: str):
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    if practice.state != "withdrawn" and not Practice.objects.visible_to(request.user).filter(
        pk=practice.pk
    ):
        return redirect("monitoring:practice_list")
    return redirect(practice)


@require_POST
def practice_follow(request, pk):
    """'Wij doen dit ook', for each IKC that the user directs."""
    practice = get_practice_or_404(request, pk)
    require(request, "monitoring.follow_practice", practice)
    ikcs = Ikc.objects.filter(pk__in=request.user.ikc_ids(Role.IKC_DIRECTOR)).order_by("pk")

    def follow() -> None:
        for ikc in ikcs:
            learning.do_it_too(practice, ikc, by=request.user, at=timezone.now())

    return _do(request, practice, follow, "Uw IKC staat er nu bij.")


@require_http_methods(["GET", "POST"])
def practice_ask(request, pk):
    practice = get_practice_or_404(request, pk)
    require(request, "monitoring.ask_practice", practice)
    form = QuestionForm(posted(request), back=practice.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            learning.ask(practice, form.cleaned_data["text"], by=request.user, at=timezone.now())
            messages.success(request, f"Uw vraag staat bij de kaart. {practice.ikc} antwoordt.")
            return redirect(practice)
    return _form_page(request, form, "Een vraag stellen", practice.title, practice)


@require_http_methods(["GET", "POST"])
def question_answer(request, pk):
    question = get_object_or_404(
        PracticeQuestion.objects.filter(
            practice__in=Practice.objects.visible_to(request.user)
        ).select_related("practice__ikc"),
        pk=pk,
    )
    practice = question.practice
    require(request, "monitoring.answer_practice", practice)
    form = QuestionForm(posted(request), back=practice.get_absolute_url(), answers=True)
    if form.is_valid():
        with refusals_on(form):
            learning.answer(question, form.cleaned_data["text"], by=request.user, at=timezone.now())
            messages.success(request, "Uw antwoord staat bij de vraag.")
            return redirect(practice)
    return _form_page(request, form, "Antwoorden", question.text, practice)
