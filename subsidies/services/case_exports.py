"""The whole case as one ZIP (domain reference 8.4): letters, attachments, data, trail, metadata, and a hash of each file.

The row is the order. A worker claims it for a while, shows how far it is, and finishes in one transaction; whoever is
killed halfway leaves the claim, and another worker begins anew. Scores and notes of single members are not in it.
"""

import html
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.text import slugify

from kvk2.core import storage
from kvk2.core.audit import record, record_download
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from subsidies.case_rows import Rows, files_of, rows_of_case, trail_of, without_history
from subsidies.events import SENTENCES
from subsidies.models import Application, CaseExport
from subsidies.services.letters import LONGEST_WAIT
from subsidies.services.retention import Retention, retention_of, rules, with_retention
from subsidies.zip_manifest import ManifestZip, as_json, described, links

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger(__name__)
# Longer than one export may take; who dies meanwhile leaves the row to the next sweep.
CLAIM = timedelta(minutes=10)
# What single members scored and asked stays with the commission (Woo 5.2; domain reference 8.3).
INSIDE = frozenset(
    {
        "review",
        "reviewscore",
        "scorechange",
        "memberquestion",
        "itemvote",
        "itemrecusal",
        "caseexport",
        "calibration",
        # what others get to read of it is in the file of the disclosure itself
        "disclosuredocument",
    }
)
KEPT_STATES = (StoredFile.ScanState.OWN, StoredFile.ScanState.CLEAN)


class ExportRunning(DomainError):
    """The case is being exported already."""


class NotReady(DomainError):
    """The export is not there yet."""


@transaction.atomic
def order_export(application: Application, *, by: "User", at: datetime) -> CaseExport:
    """Order the ZIP. Raises ExportRunning."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.exports.filter(stored=None).exists():
        raise ExportRunning("Dit dossier wordt al geëxporteerd. Wacht tot dat klaar is.")
    export = CaseExport.objects.create(
        application=application, ordered_at=at, ordered_by=by, next_attempt_at=at
    )
    record(application, "case_export_ordered", actor=by, at=at)
    return export


def make_export(export_id: int, *, at: datetime) -> bool:
    """Make one waiting export. False when somebody else does, or when it failed (then the row says why)."""
    with transaction.atomic():
        export = (
            CaseExport.objects.to_make(at)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=export_id)
            .first()
        )
        if export is None:
            return False
        export.attempts += 1
        export.next_attempt_at = at + CLAIM
        export.save(update_fields=["attempts", "next_attempt_at"])
    try:
        content = _zip(export, at)
    except Exception as error:  # the row's own record of what went wrong; the sweep goes on
        logger.warning(
            "case_export_failed", extra={"export": export_id, "error": type(error).__name__}
        )
        wait = min(timedelta(minutes=2 ** min(export.attempts, 12)), LONGEST_WAIT)
        CaseExport.objects.filter(pk=export_id, stored=None).update(
            error=type(error).__name__, next_attempt_at=at + wait
        )
        return False
    return _finish(export, content, at)


@transaction.atomic
def _finish(export: CaseExport, content: bytes, at: datetime) -> bool:
    export = CaseExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.stored_id is not None:
        return False
    export.stored = storage.store(
        content,
        name=f"dossier-{export.application.number}.zip",
        content_type="application/zip",
        scan_state=StoredFile.ScanState.OWN,
        by=None,
        at=at,
    )
    export.finished_at, export.done, export.error = at, export.total, ""
    export.save(update_fields=["stored", "finished_at", "done", "error"])
    return True


def open_export(export: CaseExport, *, by: "User", at: datetime) -> StoredFile:
    """The file, after writing down who takes it. Raises NotReady."""
    if export.stored is None:
        raise NotReady("Deze export is nog niet klaar.")
    application = export.application
    record_download(
        application,
        "case_export_downloaded",
        export.stored,
        about=f"{application.number}, {application.ikc}",
        actor=by,
        at=at,
    )
    return export.stored


def _zip(export: CaseExport, at: datetime) -> bytes:
    application = with_retention(Application.objects.select_related("board")).get(
        pk=export.application_id
    )
    everything = rows_of_case(application.pk)
    rows = {model: ids for model, ids in everything.items() if not _is_inside(model)}
    files = list(files_of(rows))
    CaseExport.objects.filter(pk=export.pk).update(total=len(files), done=0)
    export.total = len(files)
    archive = ManifestZip()
    missing: list[dict[str, Any]] = []
    for number, stored in enumerate(files, 1):
        if stored.scan_state in KEPT_STATES:
            for path, content in _contents(number, stored):
                archive.add(path, content, name=stored.name, type=stored.content_type)
        else:
            missing.append({"name": stored.name, "why": stored.get_scan_state_display()})
        CaseExport.objects.filter(pk=export.pk).update(done=number)
    trail = _trail(rows)
    data = {model._meta.label: _rows(model, rows[model]) for model in without_history(rows)}
    archive.add("gegevens.json", as_json(data))
    archive.add("tijdlijn.json", as_json(trail))
    archive.add("index.html", _index(application, archive.parts, trail).encode())
    found = retention_of(application, rules())
    return archive.finish(_metadata(application, found, archive.parts, missing, at))


def _contents(number: int, stored: StoredFile) -> Iterator[tuple[str, bytes]]:
    """What the portal made, or of an upload what readers get; of a stripped one the original as well, as evidence."""
    stem, dot, ending = stored.name.rpartition(".")
    name = f"{number:03d}-{slugify(stem or ending)[:80]}{dot}{slugify(ending) if dot else ''}"
    folder = "brieven" if stored.scan_state == StoredFile.ScanState.OWN else "bijlagen"
    with stored.served.open("rb") as source:
        yield f"{folder}/{name}", source.read()
    if stored.stripped:
        with stored.file.open("rb") as source:
            yield f"bijlagen/origineel/{name}", source.read()


def _is_inside(model: type[models.Model]) -> bool:
    name = (model._meta.model_name or "").removesuffix("event")
    return name in INSIDE or any(
        name.startswith(f"{one}") for one in ("calibration", "casesection")
    )


def _rows(model: type[models.Model], ids: Any) -> list[dict[str, Any]]:
    related = [
        field.name
        for field in model._meta.concrete_fields
        if field.related_model is not None and field.related_model._meta.label == "ikc.User"
    ]
    rows = model._base_manager.filter(pk__in=ids).select_related(*related).order_by("pk")
    return [_row(row, set(related)) for row in rows]


def _row(row: models.Model, people: set[str]) -> dict[str, Any]:
    """The columns; of a person the name and not the account."""
    said: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in people:
            person = getattr(row, field.name)
            said[field.name] = person.full_name if person is not None else None
        elif not isinstance(field, models.FileField):
            said[field.name] = getattr(row, field.attname)
    return said


def _trail(rows: Rows) -> list[dict[str, Any]]:
    return [
        {
            "at": event.at,
            "who": event.actor.full_name if event.actor else "automatisch",
            "on_behalf_of": event.on_behalf_of,
            "what": SENTENCES.get(event.verb, event.verb),
            "verb": event.verb,
            "before": event.state_before,
            "after": event.state_after,
            "reason": event.reason,
        }
        for event in trail_of(rows)
    ]


def _metadata(
    application: Application,
    found: Retention,
    parts: list[dict[str, Any]],
    missing: list[dict[str, Any]],
    at: datetime,
) -> dict[str, Any]:
    """The elements of MDTO (Metagegevens Duurzaam Toegankelijke Overheidsinformatie 1.1) for the file and its parts."""
    longest = found.longest
    return {
        "identificatie": {
            "identificatieKenmerk": application.number,
            "identificatieBron": settings.MUNICIPALITY["product"],
        },
        "naam": f"Subsidiedossier {application.number} {application.title}".strip(),
        "aggregatieniveau": "Dossier",
        "archiefvormer": settings.MUNICIPALITY["name"],
        "betrokkene": [application.board.name, application.ikc.name],
        "dekkingInTijd": {
            "begindatum": application.received_at,
            "einddatum": longest.ended_on if longest else None,
        },
        "waardering": "V" if longest else "loopt nog",
        "bewaartermijn": {
            "termijnStartdatumLooptijd": longest.ended_on if longest else None,
            "termijnEinddatum": longest.until if longest else None,
            "informatiecategorie": str(longest.rule) if longest else None,
            "bron": longest.rule.source if longest else None,
        },
        "beperkingGebruik": "Bevat persoonsgegevens; openbaar is wat het subsidieregister noemt (Woo 3.3a).",
        "event": {"eventType": "export", "eventTijd": at},
        "bestand": described(parts, at),
        "ontbreekt": missing,
        "nietOpgenomen": "Beoordelingen, scores, stemmen en vragen van afzonderlijke commissieleden.",
    }


def _index(
    application: Application, parts: list[dict[str, Any]], trail: list[dict[str, Any]]
) -> str:
    """What a person opens first."""
    events = "".join(
        f"<li>{event['at']:%d-%m-%Y %H:%M} {html.escape(event['who'])}: {html.escape(event['what'])}"
        f"{' (' + html.escape(event['reason']) + ')' if event['reason'] else ''}</li>"
        for event in trail
    )
    title = html.escape(f"Dossier {application.number} {application.title}".strip())
    return (
        f'<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<h1>{title}</h1><p>{html.escape(application.board.name)}, {html.escape(application.ikc.name)}</p>"
        f"<h2>Bestanden</h2><ul>{links(parts)}</ul><h2>Tijdlijn</h2><ol>{events}</ol></body></html>\n"
    )
