"""What the portal itself knows about each question of the check, to show beside the answer of a person."""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Q

from ikc.models import AgeBand, ChildCount, Mandate
from ikc.services.child_counts import MANY_CHILDREN, counts_by_band
from kvk2.core.deadlines import local_date
from kvk2.core.models import StoredFile
from kvk2.nlds.templatetags.nlds import dutch_date, euro, upper_first
from subsidies.application_page import ApplicationPage
from subsidies.facts import known
from subsidies.models import Attachment, StateAidAssessment


def automatic_answers(page: ApplicationPage) -> dict[str, str]:
    """By the code of the usual questions, a sentence; a question that only a person can answer has none."""
    return {code: tell(page) for code, tell in _TELLERS.items()}


def _signed(page: ApplicationPage) -> str:
    application = page.application
    day = local_date(known(application.received_at))
    mandate = (
        Mandate.objects.active_on(day)
        .filter(user=application.signed_by_id, organisation=application.ikc.board_id)
        .filter(Q(ikc=application.ikc) | Q(ikc=None))
        .order_by("-valid_from", "-pk")
        .first()
    )
    if mandate is None:
        return f"Het portaal kent voor {application.signed_name} op {dutch_date(day)} geen machtiging als directeur."
    return f"Op {dutch_date(day)} gold machtiging {mandate.reference}."


def _target_group(page: ApplicationPage) -> str:
    ikc, round_ = page.application.ikc, page.application.round
    fits = ikc.form in round_.eligible_forms and (round_.founding_allowed or not ikc.founding)
    return f"{upper_first(ikc.get_form_display())}: {'hoort' if fits else 'hoort niet'} bij de doelgroep."


def _children(page: ApplicationPage) -> str:
    application = page.application
    day = application.round.reference_date
    asked = (application.children_0_1, application.children_2_3, application.children_4_12)
    counts = counts_by_band(application.ikc, day)
    told = _per_band(asked)
    sentences = [f"In de aanvraag staan {told} kinderen van 0–1, 2–3 en 4–12 jaar."]
    if not counts:
        return f"{sentences[0]} Het portaal heeft geen telling van {dutch_date(day)}."
    counted = _per_band([counts[band].children if band in counts else "–" for band in AgeBand])
    sentences.append(
        f"Dat is gelijk aan de telling van {dutch_date(day)}."
        if told == counted
        else f"Dat is anders dan de telling van {dutch_date(day)}: {counted}."
    )
    sentences += [_dispute(count) for count in counts.values() if count.claimed is not None]
    if (application.children_counted or 0) > MANY_CHILDREN:
        sentences.append("Dit zijn meer dan 1.500 kinderen. Klopt dat?")
    return " ".join(sentences)


def _per_band(numbers: Sequence[object]) -> str:
    """A number for each band, the youngest first: "17, 30 en 210"."""
    *first, last = (str(number) for number in numbers)
    return f"{', '.join(first)} en {last}"


def _dispute(count: ChildCount) -> str:
    """What the board said about a figure of DUO, and what was decided."""
    told = f"Het bestuur betwist de {count.children} van DUO: {count.dispute_note.rstrip('.')}."
    if count.is_disputed:
        return f"{told} Daarover is nog niet beslist."
    return f"{told} De gemeente hield de {count.children} aan: {count.resolution.rstrip('.')}."


def _budget(page: ApplicationPage) -> str:
    state = page.budget
    if state.problems:
        return " ".join(problem.message for problem in state.problems)
    return (
        f"Sluitend en binnen de normen; gevraagd {euro(state.requested)}, "
        f"hoogstens {euro(page.application.max_amount)}."
    )


def _attachments(page: ApplicationPage) -> str:
    files = page.attachments
    proofs = sum(file.kind == Attachment.Kind.SUPPORT for file in files)
    waiting = sum(file.stored.scan_state == StoredFile.ScanState.PENDING for file in files)
    refused = sum(file.stored.scan_state == StoredFile.ScanState.INFECTED for file in files)
    scanned = "alle gecontroleerd op virussen"
    if refused:
        scanned = f"{refused} met een virus"
    elif waiting:
        scanned = f"{waiting} nog niet gecontroleerd op virussen"
    noun = "bestand" if len(files) == 1 else "bestanden"
    proof = "met bewijs van draagvlak" if proofs else "zonder bewijs van draagvlak"
    return f"{len(files)} {noun}, {proof}; {scanned}."


def _grounds(page: ApplicationPage) -> str:
    """Incompatible state aid is the one ground that the Act makes compulsory before the division (Awb 4:35(3))."""
    assessed = StateAidAssessment.objects.filter(application=page.application).first()
    if assessed is not None:
        return f"Staatssteun: {assessed.get_outcome_display()}."
    statement = page.content.state_aid
    if statement is not None and statement.reaches_undertaking:
        return (
            f"Er gaat geld naar een onderneming ({statement.undertaking}). Beoordeel de staatssteun "
            "voordat de besluiten worden opgesteld."
        )
    return (
        "Er gaat geen geld naar een onderneming. Met toelaten legt u vast: geen economische activiteit, "
        "dus geen staatssteun."
    )


_TELLERS: Mapping[str, Callable[[ApplicationPage], str]] = {
    "signed": _signed,
    "target_group": _target_group,
    "children": _children,
    "budget": _budget,
    "attachments": _attachments,
    "no_refusal_ground": _grounds,
}
