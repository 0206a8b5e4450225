"""One item of a meeting: its conversation, its scores, its votes, and the text that the members agree with."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.advice_page import AdvicePage
from subsidies.facts import known
from subsidies.forms.meetings import MoveForm, ScoreForm, TextForm, VotesForm
from subsidies.meeting_page import ItemPage, RoomPage
from subsidies.models import AdviceResponse, AgendaItem
from subsidies.services import deliberation, meetings, presentations, score_changes
from subsidies.views.meetings import meeting_crumbs


def get_item_or_404(request: HttpRequest, pk: int) -> AgendaItem:
    """An item that the reader may see; the municipality reads about it in the minutes and in the advice."""
    items = AgendaItem.objects.visible_to(request.user).select_related(
        "meeting__round", "application__ikc__board", "application__board", "application__round"
    )
    item = get_object_or_404(items, pk=pk)
    require(request, "subsidies.view_item")
    return item


def _about(item: AgendaItem, heading: str, text: str = "", **more) -> dict:
    own = item.get_absolute_url()
    return {
        "breadcrumbs": meeting_crumbs(
            item.meeting, (str(item.application.ikc), own), (heading, None)
        ),
        "item": item,
        "heading": heading,
        "text": text,
        "back_url": own,
        **more,
    }


@require_safe
def agenda_item(request, pk):
    """What a member reads and does about one item; for who leads the meeting, also what has to be done."""
    item = get_item_or_404(request, pk)
    page = ItemPage(item, request.user)
    may = {
        "ask": request.user.has_perm("subsidies.ask_question", item),
        "send": request.user.has_perm("subsidies.send_questions", item),
        "move": request.user.has_perm("subsidies.change_agenda", item.meeting),
        "lead": request.user.has_perm("subsidies.lead_item", item),
        "own_score": request.user.has_perm("subsidies.change_own_score", page.own_review),
        "respond": page.takes_part
        and not page.has_responded
        and request.user.has_perm("subsidies.respond_advice", page.advice),
        "advice": request.user.has_perm("subsidies.view_advices", item.meeting.round),
    }
    questions = item.member_questions.order_by("pk")
    if not may["send"]:
        questions = questions.filter(member=page.seat)
    context = {
        "breadcrumbs": meeting_crumbs(item.meeting, (str(item.application.ikc), None)),
        "item": item,
        "page": page,
        "may": may,
        "questions": questions,
        "reads_text": page.takes_part or may["advice"],
    }
    return render(request, "subsidies/agenda_item.html", context)


@require_http_methods(["GET", "POST"])
def item_move(request, pk):
    item = get_item_or_404(request, pk)
    require(request, "subsidies.change_agenda", item.meeting)
    form = MoveForm(posted(request), item=item)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meetings.move_item(
                item,
                starts_at=form.starts_at(),
                minutes=form.cleaned_data["minutes"],
                by=request.user,
                at=timezone.now(),
            )
            nudge(tasks.render_pending_letters)
            messages.success(request, "Het gesprek is verplaatst.")
            return redirect(item.meeting)
    warning = (
        [
            "De aanvrager krijgt een brief met de nieuwe tijd, en een e-mail dat er een bericht is.",
            "Wie het gesprek in de eigen agenda zette, haalt in het portaal de nieuwe tijd op.",
        ]
        if item.invited_at
        else []
    )
    context = _about(item, "Gesprek verplaatsen", consequences=warning)
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def item_ask(request, pk):
    """A member hands in a question for the applicant."""
    item = get_item_or_404(request, pk)
    require(request, "subsidies.ask_question", item)
    form = TextForm(posted(request), label="Uw vraag", missing="Schrijf uw vraag op.")
    page = ItemPage(item, request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            presentations.ask_question(
                item, known(page.seat), **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Uw vraag is ingebracht.")
            return redirect(item)
    text = "De secretaris maakt van alle vragen één tekst, zonder namen, en stuurt die naar de aanvrager."
    context = _about(item, "Vraag inbrengen", text)
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def item_questions(request, pk):
    """The secretary makes one text of the questions and puts it before the applicant."""
    item = get_item_or_404(request, pk)
    require(request, "subsidies.send_questions", item)
    asked = list(item.member_questions.order_by("pk").values_list("text", flat=True))
    merged = "\n\n".join(f"{number}. {text}" for number, text in enumerate(asked, 1))
    form = TextForm(
        posted(request),
        label="Vragen aan de aanvrager",
        missing="Schrijf de vragen op.",
        help_text="De aanvrager leest deze tekst. Noem geen namen van leden.",
        initial={"text": merged},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            presentations.send_questions(
                item, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De vragen staan klaar voor de aanvrager.")
            return redirect(item)
    context = _about(
        item,
        "Vragen versturen",
        f"Leden brachten {len(asked)} vragen in. Na het versturen kunnen zij geen vragen meer inbrengen.",
    )
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def item_room(request, pk):
    """The screen in the room: no names of reviewers."""
    item = get_item_or_404(request, pk)
    require(request, "subsidies.lead_item", item)
    page = ItemPage(item, request.user)
    advice_page = AdvicePage(item.application, request.user)
    if not advice_page.sees_scores:
        messages.error(request, advice_page.why_hidden)
        return redirect(item)
    context = {
        "breadcrumbs": meeting_crumbs(
            item.meeting, (str(item.application.ikc), item.get_absolute_url()), ("Scherm", None)
        ),
        "item": item,
        "page": RoomPage(item, page.advice),
        "votes": page.votes,
        "taking_part": len(page.participants),
        "quorum": page.quorum,
    }
    return render(request, "subsidies/item_room.html", context)


@require_http_methods(["GET", "POST"])
def item_score(request, pk):
    """The commission adopts a score in the meeting."""
    item = get_item_or_404(request, pk)
    require(request, "subsidies.lead_item", item)
    criteria = item.meeting.round.criteria.order_by("order")
    form = ScoreForm(posted(request), criteria=criteria, whole=False)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            score_changes.adopt_score(item, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De score van de commissie is vastgelegd.")
            return redirect(item)
    context = _about(
        item,
        "Score van de commissie vastleggen",
        "De commissie stelt na het gesprek zelf de score op een criterium vast. Die telt dan, in plaats van het gemiddelde van de leden.",
    )
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def item_own_score(request, pk):
    """A member changes an own score after the conversation."""
    item = get_item_or_404(request, pk)
    review = ItemPage(item, request.user).own_review
    require(request, "subsidies.change_own_score", review)
    criteria = item.meeting.round.criteria.order_by("order")
    form = ScoreForm(posted(request), criteria=criteria, whole=True)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            score_changes.change_own_score(
                known(review), **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Uw score is veranderd. De oude score blijft bewaard.")
            return redirect(item)
    context = _about(
        item,
        "Uw score veranderen",
        "Hoorde u in het gesprek iets waardoor uw oordeel verandert? De oude score, de nieuwe en uw motivering blijven bewaard.",
    )
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def item_votes(request, pk):
    """The votes of who took part; with them the application was discussed."""
    item = get_item_or_404(request, pk)
    require(request, "subsidies.lead_item", item)
    page = ItemPage(item, request.user)
    cast = {row.member_id: row.vote for row in item.votes.all()}
    form = VotesForm(posted(request), members=page.participants, votes=cast)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deliberation.record_votes(item, form.votes(), by=request.user, at=timezone.now())
            messages.success(request, "De stemmen zijn vastgelegd.")
            return redirect(item)
    text = f"{len(page.participants)} leden doen mee aan dit punt. Voor een advies zijn er minstens {page.quorum} nodig."
    context = _about(item, "Stemmen vastleggen", text)
    return render_form(request, "subsidies/item_votes.html", context, forms=[form])


@require_POST
def item_agree(request, pk):
    """A member agrees with the text of the advice as it stands."""
    item = get_item_or_404(request, pk)
    page = ItemPage(item, request.user)
    require(request, "subsidies.respond_advice", page.advice)
    try:
        deliberation.respond(
            known(page.advice), known(page.seat), comment="", by=request.user, at=timezone.now()
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "U bent akkoord met de tekst.")
    return redirect(item)


@require_http_methods(["GET", "POST"])
def item_comment(request, pk):
    item = get_item_or_404(request, pk)
    page = ItemPage(item, request.user)
    require(request, "subsidies.respond_advice", page.advice)
    if not page.takes_part:
        raise PermissionDenied
    form = TextForm(posted(request), label="Uw opmerking", missing="Schrijf uw opmerking op.")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deliberation.respond(
                known(page.advice),
                known(page.seat),
                comment=form.cleaned_data["text"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "Uw opmerking is vastgelegd.")
            return redirect(item)
    context = _about(
        item,
        "Opmerking maken",
        "Het advies wordt pas vastgesteld als de secretaris uw opmerking heeft beantwoord.",
    )
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def comment_answer(request, pk, response_pk):
    """The secretary says what happened with a comment."""
    item = get_item_or_404(request, pk)
    rows = AdviceResponse.objects.select_related("advice", "member__user")
    response = get_object_or_404(rows, pk=response_pk, advice__application=item.application_id)
    require(request, "subsidies.answer_comment", response)
    form = TextForm(
        posted(request), label="Uw antwoord", missing="Schrijf op wat u met de opmerking deed."
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deliberation.answer_comment(
                response, answer=form.cleaned_data["text"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De opmerking is beantwoord.")
            return redirect(reverse("subsidies:agenda_item", args=[item.pk]))
    context = _about(item, "Opmerking beantwoorden", f"{response.member.user}: {response.comment}")
    return render_form(request, "components/confirm_page.html", context, forms=[form])
