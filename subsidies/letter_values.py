"""What the merge fields of a decision letter stand for: from a frozen letter to words for `letter_texts.fill`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from kvk2.core.money import format_number
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro
from subsidies.facts import known
from subsidies.letter_texts import EXAMPLES, fill
from subsidies.letter_texts import LetterTextCode as T

if TYPE_CHECKING:
    from kvk2.core.documents import Municipality
    from subsidies.documents import (
        AdviceContext,
        LetterContext,
        ObjectionClause,
        ReceiptContext,
    )
    from subsidies.documents_terms import CompletionContext, NotProcessedContext

Values = Mapping[str, str]


def needed_passages(letter: "LetterContext") -> list[T]:
    """The passages that a letter of this kind with these facts cannot do without, in order of the page."""
    passages = [
        T(letter.kind.lower()),
        T.LEGAL_BASIS,
        T.OBJECTION,
    ]
    if letter.adviser:
        passages.append(T.ADVICE_FOLLOWED if letter.adviser.followed else T.ADVICE_DEVIATED)
    if letter.ranking:
        passages.append(T.RANKING)
    if letter.continuity:
        passages.append(T.CONTINUITY)
    if letter.kind != "REFUSAL":
        passages += [T.OBLIGATIONS, T.CONSEQUENCES]
        passages += [T.DIRECT] if letter.determined_directly else [T.ADVANCE, T.ACCOUNTABILITY]
    if letter.effort:
        passages.append(T.EFFORT)
    if letter.budget_reservation_year:
        passages.append(T.BUDGET_RESERVATION)
    return passages


def passage_values(letter: "LetterContext") -> dict[T, Values]:
    """The merge fields of each passage of a complete letter."""
    return {code: _VALUES[code](letter) for code in needed_passages(letter)}


def _grant(letter: "LetterContext") -> Values:
    return {
        **asked_values(letter),
        "bedrag": euro(letter.granted),
        "verschil": euro(letter.refused),
        "van": dutch_date(letter.period_from),
        "tot": dutch_date(letter.period_until),
    }


def _basis(letter: "LetterContext") -> Values:
    return {
        "grondslagen": letter.legal_basis.ordinance,
        "regeling": letter.legal_basis.scheme,
        "artikelen": _list(letter.legal_basis.articles),
    }


def _ranking(letter: "LetterContext") -> Values:
    ranking = known(letter.ranking)
    return {
        "ronde": letter.application.round_title,
        "plafond": euro(ranking.ceiling),
        "aantal": str(ranking.applications),
        "totaal": euro(ranking.total_requested),
        "score": format_number(ranking.score, 2),
        "rang": str(ranking.rank),
        "laatste": str(ranking.last_granted_rank),
    }


def _advice(letter: "LetterContext") -> Values:
    adviser = known(letter.adviser)
    return {
        "commissie": adviser.name,
        "datum": dutch_date(adviser.advised_on),
        "conclusie": adviser.conclusion,
        "punt": adviser.deviation,
        "reden": adviser.deviation_reason,
    }


def _continuity(letter: "LetterContext") -> Values:
    facts = known(letter.continuity)
    term = ""
    if facts.announced_on and facts.term_until:
        term = (
            f"Wij kondigden de verlaging aan op {dutch_date(facts.announced_on)}. De redelijke termijn loopt tot en "
            f"met {dutch_date(facts.term_until)}."
        )
    if facts.continued_amount is not None:
        term += f" Voor de rest van die termijn verlenen wij u {euro(facts.continued_amount)}."
    return {"jaren": _list(facts.years), "oordeel": facts.motivation, "termijn": term}


def _effort(letter: "LetterContext") -> Values:
    effort = known(letter.effort)
    return {
        "constatering": effort.finding,
        "doel": effort.aim,
        "datum": dutch_date(effort.due_on),
        "bewijs": effort.evidence,
    }


def _paid(letter: "LetterContext") -> Values:
    return {
        "bedrag": euro(letter.granted),
        "voorschot": euro(letter.advance_total),
        "laatste4": letter.iban_last4,
    }


def _account(letter: "LetterContext") -> Values:
    account = known(letter.accountability)
    return {"datum": dutch_date(account.due_on), "stukken": _list(account.documents)}


def objection_values(
    municipality: "Municipality", reference: str, objection: "ObjectionClause"
) -> Values:
    """How, where and until when to object: the merge fields of every decision."""
    post = ", ".join(objection.postal_lines)
    return {
        "college": municipality.college,
        "uiterste_datum": dutch_date(objection.last_day),
        "kenmerk": reference,
        "adres": " of ".join(part for part in (objection.url, post) if part),
        "rechtbank": municipality.court,
    }


def opening(code: T, text: str, values: Values) -> dict[str, tuple[SafeString, ...]]:
    """The passage that a letter begins with; a letter from before the scheme could word it has the portal's own."""
    return {code: fill(text or EXAMPLES[code], values)}


def receipt_values(letter: "ReceiptContext") -> Values:
    return {
        "moment": dutch_datetime(letter.received_at),
        "ronde": letter.application.round_title,
        "gevraagd": euro(letter.application.requested),
        "ikc": letter.application.ikc,
    }


def completion_values(letter: "CompletionContext") -> Values:
    return {
        "aanvraagdatum": dutch_date(letter.application.submitted_on),
        "ronde": letter.application.round_title,
        "uiterste_datum": dutch_date(letter.due_on),
    }


def advice_values(letter: "AdviceContext") -> Values:
    return {
        "commissie": letter.adviser,
        "conclusie": letter.conclusion,
        "ikc": letter.application.ikc,
        "ronde": letter.application.round_title,
    }


def asked_values(letter: "LetterContext | NotProcessedContext") -> Values:
    """What was asked, when, and for which IKC."""
    return {
        "gevraagd": euro(letter.application.requested),
        "aanvraagdatum": dutch_date(letter.application.submitted_on),
        "ikc": letter.application.ikc,
    }


def _list(parts: tuple[str, ...]) -> str:
    """A, B en C."""
    return " en ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


_VALUES: Mapping[T, Callable[["LetterContext"], Values]] = {
    T.GRANT: _grant,
    T.PARTIAL_GRANT: _grant,
    T.REFUSAL: asked_values,
    T.LEGAL_BASIS: _basis,
    T.RANKING: _ranking,
    T.ADVICE_FOLLOWED: _advice,
    T.ADVICE_DEVIATED: _advice,
    T.CONTINUITY: _continuity,
    T.OBLIGATIONS: lambda letter: {},
    T.EFFORT: _effort,
    T.ADVANCE: _paid,
    T.ACCOUNTABILITY: _account,
    T.DIRECT: _paid,
    T.CONSEQUENCES: lambda letter: {},
    T.BUDGET_RESERVATION: lambda letter: {"jaar": str(letter.budget_reservation_year)},
    T.OBJECTION: lambda letter: objection_values(
        letter.municipality, letter.reference, letter.objection
    ),
}
