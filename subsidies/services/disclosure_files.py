"""What a worker does for a disclosure: read the words of each document, make the copies, and put them in one ZIP.

The row of a document is the order: what was done stays done, so whoever is stopped halfway is followed by the next sweep.
"""

import html
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from kvk2.core import storage
from kvk2.core.audit import record
from kvk2.core.documents import Municipality
from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount
from subsidies.documents_disclosure import (
    CopyContext,
    InventoryContext,
    InventoryRow,
    inventory_csv,
    render_copy,
    render_inventory,
)
from subsidies.facts import known
from subsidies.letter_words import HEADING, ITEM, words_of
from subsidies.models import AllocationResult, Disclosure, DisclosureDocument
from subsidies.models.disclosures import as_rows
from subsidies.redaction import LABELS, Redaction, ground_of, personal
from subsidies.services.disclosures import names_in, public_addresses
from subsidies.services.letters import CONTEXTS, LONGEST_WAIT
from subsidies.services.subsidy_register import names_of_users
from subsidies.states import AllocationRunState
from subsidies.states_disclosures import DISCLOSURE_WORKFLOW, DisclosureState
from subsidies.zip_manifest import ManifestZip, described, links

logger = logging.getLogger(__name__)
# Longer than one sweep may take; who dies meanwhile leaves the row to the next.
CLAIM = timedelta(minutes=5)
GIVEN = (DisclosureDocument.Verdict.WHOLE, DisclosureDocument.Verdict.REDACTED)


def work_on(disclosure_id: int, *, at: datetime, busy_until: float | None = None) -> int:
    """Do what waits in one disclosure until `busy_until` (seconds of `monotonic`); the number of documents done."""
    disclosure = _claim(disclosure_id, at)
    if disclosure is None:
        return 0
    reading = disclosure.state == DisclosureState.COLLECTING
    try:
        if reading:
            done = _each(_unread(disclosure), _reader(at), busy_until)
        else:
            done = _each(_uncopied(disclosure), _copier(disclosure, at), busy_until)
        if (_unread(disclosure) if reading else _uncopied(disclosure)).exists():
            Disclosure.objects.filter(pk=disclosure.pk).update(next_attempt_at=at)
        elif reading:
            _finish_reading(disclosure, at)
        else:
            _finish(disclosure, _zip(disclosure, at), at)
    except Exception as error:  # the row's own record of what went wrong; the sweep goes on
        logger.warning(
            "disclosure_failed", extra={"disclosure": disclosure_id, "error": type(error).__name__}
        )
        wait = min(timedelta(minutes=2 ** min(disclosure.attempts, 12)), LONGEST_WAIT)
        Disclosure.objects.filter(pk=disclosure_id).update(
            error=type(error).__name__, next_attempt_at=at + wait
        )
        return 0
    return done


@transaction.atomic
def _claim(disclosure_id: int, at: datetime) -> Disclosure | None:
    row: Disclosure | None = (
        Disclosure.objects.to_work_on(at)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("round", "objection")
        .filter(pk=disclosure_id)
        .first()
    )
    if row is not None:
        row.attempts += 1
        row.next_attempt_at = at + CLAIM
        row.save(update_fields=["attempts", "next_attempt_at"])
    return row


def _each(
    rows: QuerySet[DisclosureDocument],
    deed: Callable[[DisclosureDocument], None],
    busy_until: float | None,
) -> int:
    done = 0
    for row in rows.select_related("application", "letter", "disclosure__round").iterator(
        chunk_size=100
    ):
        if busy_until is not None and monotonic() > busy_until:
            break
        deed(row)
        done += 1
    return done


def _unread(disclosure: Disclosure) -> QuerySet[DisclosureDocument]:
    return disclosure.documents.filter(collected_at=None).order_by("number")


def _uncopied(disclosure: Disclosure) -> QuerySet[DisclosureDocument]:
    return disclosure.documents.filter(verdict__in=GIVEN, stored=None).order_by("number")


def _reader(at: datetime) -> Callable[[DisclosureDocument], None]:
    users = names_of_users()

    def read(row: DisclosureDocument) -> None:
        """Its words, and what in them may be about a person."""
        row.text = _ranking(row) if row.letter is None else _words(row)
        public = row.disclosure.is_public
        found = personal(row.text, names_in(row, users=users), known=public_addresses())
        row.suggested = as_rows(Redaction(one.text, ground_of(one, public=public)) for one in found)
        row.collected_at = at
        row.save(update_fields=["text", "suggested", "collected_at"])

    return read


def _words(row: DisclosureDocument) -> str:
    letter = known(row.letter)
    return words_of(CONTEXTS[letter.code].from_dict(letter.context))


def _ranking(row: DisclosureDocument) -> str:
    """Places, scores and amounts as they were locked; of no member of the commission alone."""
    results = (
        AllocationResult.objects.filter(
            run__round=row.disclosure.round_id, run__state=AllocationRunState.LOCKED
        )
        .select_related("application__ikc", "application__advice")
        .order_by("rank", "application__number")
    )
    lines = [f"{HEADING}Rangschikking van de aanvragen"]
    lines += [f"{ITEM}{_place(result)}" for result in results]
    lines.append(
        f"Het subsidieplafond was {format_amount(row.disclosure.round.ceiling)}. De verdeling ging volgens de methode "
        f"‘{row.disclosure.round.get_allocation_method_display()}’."
    )
    return "\n\n".join(lines)


def _place(result: AllocationResult) -> str:
    application = result.application
    advice = getattr(application, "advice", None)
    parts = [
        f"plaats {result.rank}" if result.rank else "zonder plaats",
        f"{application.ikc.name} ({application.number})",
        f"score {advice.score}".replace(".", ",") if advice and advice.score is not None else "",
        f"gevraagd {format_amount(known(application.requested_amount))}",
        f"{result.get_outcome_display()}: {format_amount(result.granted)}",
    ]
    return " · ".join(part for part in parts if part)


def _copier(disclosure: Disclosure, at: datetime) -> Callable[[DisclosureDocument], None]:
    municipality = Municipality.from_settings()
    given_as = (
        "Afschrift dat openbaar is op grond van de Wet open overheid"
        if disclosure.is_public
        else "Afschrift voor een bezwaarmaker (artikel 7:4 Awb)"
    )

    def copy(row: DisclosureDocument) -> None:
        """The PDF of what is given of one document."""
        content = render_copy(
            CopyContext(
                municipality=municipality,
                reference=f"{reference_of(disclosure)}, stuk {row.number}",
                title=row.title,
                given_as=given_as,
                dated_on=row.dated_on,
                words=row.shown,
                grounds=tuple(LABELS[ground] for ground in row.grounds),
                made_at=known(row.judged_at),
                demo=settings.DEMO,
            )
        )
        with transaction.atomic():
            row.stored = storage.store(
                content,
                name=file_name(row),
                content_type="application/pdf",
                scan_state=StoredFile.ScanState.OWN,
                by=None,
                at=at,
            )
            row.save(update_fields=["stored"])

    return copy


@transaction.atomic
def _finish_reading(disclosure: Disclosure, at: datetime) -> None:
    row = Disclosure.objects.select_for_update(of=("self",)).get(pk=disclosure.pk)
    before = row.state
    row.state, row.error = DISCLOSURE_WORKFLOW.target("collect", state=before), ""
    row.save(update_fields=["state", "error"])
    record(row, "disclosure_collected", actor=None, at=at, before=before, after=row.state)


@transaction.atomic
def _finish(disclosure: Disclosure, content: bytes, at: datetime) -> None:
    row = Disclosure.objects.select_for_update(of=("self",)).get(pk=disclosure.pk)
    before = row.state
    row.state, row.error = DISCLOSURE_WORKFLOW.target("finish", state=before), ""
    row.stored = storage.store(
        content,
        name=f"{slugify(reference_of(disclosure))}.zip",
        content_type="application/zip",
        scan_state=StoredFile.ScanState.OWN,
        by=None,
        at=at,
    )
    row.finished_at = at
    row.save(update_fields=["state", "error", "stored", "finished_at"])
    record(row, "disclosure_finished", actor=None, at=at, before=before, after=row.state)


def reference_of(disclosure: Disclosure) -> str:
    """What it is called on paper."""
    if disclosure.objection is not None:
        return f"Stukken {disclosure.objection.reference}"
    return f"Woo {disclosure.round.year}-{disclosure.pk}"


def file_name(row: DisclosureDocument) -> str:
    return f"{row.number:04d}-{slugify(row.title)[:80]}.pdf"


def _zip(disclosure: Disclosure, at: datetime) -> bytes:
    rows = list(disclosure.documents.select_related("stored").order_by("number"))
    archive = ManifestZip()
    for row in rows:
        if row.stored is not None:
            with row.stored.file.open("rb") as source:
                archive.add(
                    f"stukken/{row.stored.name}",
                    source.read(),
                    name=f"{row.number}. {row.title}",
                    type=row.stored.content_type,
                )
    inventory = _inventory(disclosure, rows, at)
    archive.add("inventarislijst.pdf", render_inventory(inventory), name="Inventarislijst")
    archive.add("inventarislijst.csv", inventory_csv(inventory.rows), name="Inventarislijst, CSV")
    archive.add("index.html", _index(inventory, archive).encode())
    return archive.finish(
        {
            "naam": f"{inventory.title}: {inventory.round_name}",
            "aggregatieniveau": "Dossier",
            "archiefvormer": settings.MUNICIPALITY["name"],
            "grondslag": inventory.purpose,
            "event": {"eventType": "verstrekking", "eventTijd": at},
            "bestand": described(archive.parts, at),
        }
    )


def _inventory(
    disclosure: Disclosure, rows: Sequence[DisclosureDocument], at: datetime
) -> InventoryContext:
    return InventoryContext(
        municipality=Municipality.from_settings(),
        reference=reference_of(disclosure),
        title=reference_of(disclosure),
        round_name=disclosure.round.name,
        purpose=" ".join(_purpose(disclosure)),
        rows=tuple(
            InventoryRow(
                number=row.number,
                title=row.title,
                kind=row.get_kind_display(),
                dated_on=row.dated_on,
                verdict=row.get_verdict_display(),
                grounds=tuple(LABELS[ground] for ground in row.grounds),
                reason=row.reason,
                file=f"stukken/{row.stored.name}" if row.stored else "",
            )
            for row in rows
        ),
        made_at=at,
        demo=settings.DEMO,
    )


def _purpose(disclosure: Disclosure) -> Iterator[str]:
    if not disclosure.is_public:
        yield "Stukken voor wie bezwaar maakt en in dezelfde ronde aanvroeg (artikel 7:4 van de Algemene wet bestuursrecht)."
        return
    yield "Openbaar op grond van de Wet open overheid."
    if disclosure.request:
        yield f"Verzoek {disclosure.request}."
    if disclosure.purpose:
        yield disclosure.purpose


def _index(inventory: InventoryContext, archive: ManifestZip) -> str:
    """What a person opens first."""
    title = html.escape(inventory.title)
    return (
        f'<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<h1>{title}</h1><p>{html.escape(inventory.round_name)}. {html.escape(inventory.purpose)}</p>"
        f"<ul>{links(archive.parts)}</ul></body></html>\n"
    )
