"""What a machine may ask and write. Like a view it decides nothing: the services do, as they do for the form."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Header, NinjaAPI, Path, Query
from ninja.security import HttpBearer

from agreements.models import AgreedIndicator
from kvk2.core.deadlines import local_date
from kvk2.core.middleware import client_address
from kvk2.core.rate import is_too_often
from monitoring.api import schemas
from monitoring.api.problems import CONTENT_TYPE, FiguresRefused, TooOften, add_handlers
from monitoring.explain import LABELS
from monitoring.figure_words import measured, shown_target
from monitoring.figures import Figure
from monitoring.models import Measurement, Return
from monitoring.round_facts import ReturnFacts, facts_of
from monitoring.services import api_tokens, intake, judging, measuring
from monitoring.status import Status
from monitoring.typed_figures import FigureRefused

PER_PAGE = 100
MOST_PER_MINUTE, MOST_WRONG_KEYS = 120, 20
_FIELDS: Mapping[str, str] = {
    "value": "waarde", "numerator": "teller", "denominator": "noemer", "level": "niveau",
    "reached_on": "bereikt_op", "missing_reason": "reden", "reference_date": "peildatum",
    "source": "bron", "note": "toelichting",
}  # fmt: skip
_REFUSALS = dict.fromkeys((400, 401, 404, 409, 413, 422, 429), schemas.Problem)
Id = Annotated[int, Path(ge=1, le=2**62)]


class _Key(HttpBearer):
    """`Authorization: Bearer …`: one key, one round. Wrong keys are counted per address, right ones per key."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = api_tokens.token_for(token, day=timezone.localdate())
        if found is None:
            _count(f"api-wrong:{client_address(request)}", MOST_WRONG_KEYS)
            return None
        _count(f"api:{found.pk}", MOST_PER_MINUTE)
        return found


def _count(key: str, most: int) -> None:
    if is_too_often(key, most=most, seconds=60):
        raise TooOften("U stuurt te veel verzoeken. Wacht een minuut.")


class _Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> Any:
        """Refusals are problem+json, and the description says so."""
        described = super().get_openapi_schema(**options)
        for path in described["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
        return described


api = _Api(
    title="Koppeling voor het onderzoeksbureau",
    version="1",
    description="Lees een monitoringronde en schrijf er cijfers in. Indienen, controleren en vaststellen doen mensen.",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    auth=_Key(),
)
add_handlers(api)


@api.get("ronde", response={200: schemas.Round, **_REFUSALS}, url_name="round", summary="De ronde")
def round_(request: HttpRequest) -> dict[str, Any]:
    """De ronde waarvoor de sleutel geldt."""
    cycle = request.auth.cycle  # type: ignore[attr-defined]
    return {
        "jaar": cycle.year.label,
        "status": cycle.get_state_display(),
        "indienen_uiterlijk": cycle.submit_by,
        "neemt_cijfers_aan": cycle.takes_figures,
        "afspraken": _returns(request).count(),
    }


@api.get(
    "afspraken",
    response={200: schemas.Agreements, **_REFUSALS},
    url_name="agreements",
    summary="De afspraken",
)
def agreements(
    request: HttpRequest, pagina: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> dict[str, Any]:
    """De afspraken die in deze ronde worden gemeten, op naam van het IKC; honderd per bladzijde."""
    rows = _returns(request).order_by("agreement__ikc__name", "pk")
    start = (pagina - 1) * PER_PAGE
    return {
        "afspraken": [_agreement(row) for row in rows[start : start + PER_PAGE]],
        "totaal": rows.count(),
        "pagina": pagina,
        "per_pagina": PER_PAGE,
    }


@api.get(
    "afspraken/{aanlevering}",
    response={200: schemas.AgreementDetail, **_REFUSALS},
    url_name="agreement",
    summary="Een afspraak met haar indicatoren",
)
def agreement(request: HttpRequest, aanlevering: Id) -> dict[str, Any]:
    """Wat er van dit IKC wordt gemeten: soort, streefwaarde, vorig jaar, en het cijfer dat er al is."""
    facts = _facts(request, aanlevering)
    results = {row.series_key: row for row in facts.return_.results.order_by("pk")}
    return {
        **_agreement(facts.return_),
        "indicatoren": [
            _indicator(one, facts, results.get(series)) for series, one in facts.indicators.items()
        ],
    }


@api.post(
    "afspraken/{aanlevering}/metingen",
    response={200: schemas.Kept, 201: schemas.Kept, **_REFUSALS},
    url_name="figures",
    summary="Cijfers bewaren of controleren",
)
def figures(
    request: HttpRequest,
    aanlevering: Id,
    body: schemas.Figures,
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_.:\-]{8,100}$")
    ],
) -> HttpResponse:
    """Bewaart cijfers in een aanlevering die nog concept is: alle, of geen.

    Stuur een eigen Idempotency-Key mee. Komt er geen antwoord, stuur hetzelfde verzoek dan opnieuw met dezelfde
    sleutel: het wordt één keer uitgevoerd. 201: bewaard. 200: gecontroleerd, of al eerder bewaard.
    """
    token, now = request.auth, timezone.now()  # type: ignore[attr-defined]
    facts = _facts(request, aanlevering)
    if body.alleen_controleren:
        return JsonResponse(_checked(facts, _read(facts, body, now), now))

    def deed() -> dict[str, Any]:
        read = _read(facts, body, now)
        measuring.enter_figures(facts.return_, read, by=token.holder, at=now)
        return {**_checked(facts, read, now), "bewaard": len(read)}

    sent = f"{aanlevering}\n".encode() + body.model_dump_json().encode()
    answer, is_new = api_tokens.once(token, idempotency_key, sent, deed, at=now)
    return JsonResponse(answer, status=201 if is_new else 200)


# ---------------------------------------------------------------- what they share


def _returns(request: HttpRequest) -> Any:
    token = request.auth  # type: ignore[attr-defined]
    return (
        Return.objects.visible_to(token.holder)
        .filter(cycle=token.cycle)
        .select_related("agreement__ikc", "version", "cycle")
        .defer("version__content")
    )


def _facts(request: HttpRequest, pk: int) -> ReturnFacts:
    """404 for a return of another round."""
    if not _returns(request).filter(pk=pk).exists():
        raise Http404
    return facts_of(request.auth.cycle, [pk])[0]  # type: ignore[attr-defined]


def _agreement(row: Return) -> dict[str, Any]:
    return {
        "aanlevering": row.pk,
        "ikc": row.version.ikc_name,
        "brin": row.agreement.ikc.brin_location,
        "versie": row.version.number,
        "status": row.get_state_display(),
        "open": row.is_editable,
    }


def _indicator(one: AgreedIndicator, facts: ReturnFacts, result: Any) -> dict[str, Any]:
    definition = one.definition_version.definition
    kept = facts.now.get(one.series_key)
    return {
        "reeks": one.series_key,
        "code": definition.code,
        "naam": str(one),
        "doel": one.result.goal.title,
        "soort": definition.get_type_display(),
        "eenheid": definition.unit,
        "velden": [_FIELDS[name] for name in intake.columns_of(one)],
        "niveaus": [str(words) for _, words in one.definition_version.levels],
        "streefwaarde": shown_target(judging.target_of(one, facts.return_.cycle.year_id), one),
        "vorig_jaar": measured(facts.before.get(one.series_key), one),
        "meting": _measured(kept) if kept else None,
        "oordeel": LABELS[Status(result.status)].text if result else "",
    }


def _measured(kept: Measurement) -> dict[str, Any]:
    return {dutch: getattr(kept, name) for name, dutch in _FIELDS.items()}


def _read(facts: ReturnFacts, body: schemas.Figures, now: Any) -> list[Any]:
    """The figures of a request, each with its indicator. Refusal: `FiguresRefused`, with every field at fault."""
    errors: list[dict[str, str]] = []
    found: dict[Any, Any] = {}
    for number, sent in enumerate(body.metingen):
        try:
            indicator, figure = _read_one(facts, sent, found, now)
        except FigureRefused as refusal:
            field = _FIELDS.get(refusal.field, refusal.field)
            errors.append({"field": f"metingen.{number}.{field}", "detail": refusal.message})
        else:
            found[indicator.series_key] = (indicator, figure)
    if errors:
        raise FiguresRefused(errors)
    return list(found.values())


def _read_one(
    facts: ReturnFacts, sent: schemas.Figure, found: Mapping[Any, Any], now: Any
) -> tuple[AgreedIndicator, Figure]:
    indicator = facts.indicators.get(sent.reeks)
    if indicator is None:
        raise FigureRefused("Deze reeks hoort niet bij deze afspraak.", field="reeks")
    if sent.reeks in found:
        raise FigureRefused("Deze reeks staat al eerder in dit verzoek.", field="reeks")
    typed = {name: getattr(sent, dutch) for name, dutch in _FIELDS.items()}
    figure = intake.read(
        indicator,
        typed,
        year=facts.return_.cycle.year,
        today=local_date(now),
        kept=facts.now.get(sent.reeks),
        via=Measurement.Via.API,
    )
    if figure is None:
        raise FigureRefused("Geef een cijfer, of de reden waarom er geen is.", field="reden")
    return indicator, figure


def _checked(facts: ReturnFacts, read: list[Any], now: Any) -> dict[str, Any]:
    return {
        "bewaard": 0,
        "metingen": [_judged(facts, indicator, figure, now) for indicator, figure in read],
    }


def _judged(
    facts: ReturnFacts, indicator: AgreedIndicator, figure: Any, now: Any
) -> dict[str, Any]:
    names = ("value", "numerator", "denominator", "level", "reached_on", "missing_reason", "source")
    measurement = Measurement(
        definition_version=indicator.definition_version,
        **{name: getattr(figure, name) for name in names},
    )
    today = local_date(now)
    judgement = judging.judge(
        indicator,
        measurement,
        year_id=facts.return_.cycle.year_id,
        rules=facts.return_.cycle.ruleset.rules(),
        due=judging.is_due(facts.return_, today),
        on=today,
        earlier=judging.earlier_of(facts.return_, [indicator]).get(
            indicator.series_key, judging.NOTHING_EARLIER
        ),
    )
    return {
        "reeks": str(indicator.series_key),
        "oordeel": LABELS[judgement.result.status].text,
        "uitleg": judgement.explanation,
        "vragen": [finding.message for finding in facts.beside.remarkable(indicator, figure)],
    }
