"""A subsidy scheme and its versions: written in draft, adopted by the college, published, superseded (Awb 4:23).

The content of a version in force is a published rule. The services refuse to change it, and triggers refuse it in the
database (migration 0017); what has to be different goes into the next version, which starts as a copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.letter_texts import problem_with
from subsidies.models import ROW_MODELS, LegalFigure, SchemeSource, SchemeVersion, SubsidyScheme
from subsidies.scheme_sections import BY_SLUG, SECTIONS, missing_in
from subsidies.services.legal_figures import term_on
from subsidies.states import SCHEME_WORKFLOW, SchemeState

if TYPE_CHECKING:
    from ikc.models import User

Rows = Sequence[Mapping[str, Any]]
# What a new scheme begins with; the college may decide otherwise.
STARTING_TERMS = {
    "decision_term_weeks": LegalFigure.Kind.DECISION_WEEKS,
    "completion_term_days": LegalFigure.Kind.COMPLETION_DAYS,
}


class SchemeNameTaken(DomainError):
    """Schemes are told apart by their names."""

    code = "NAME_TAKEN"


class VersionIsFixed(DomainError):
    """A version that came into force keeps its content."""

    code = "VERSION_FIXED"


class DraftExists(DomainError):
    """One version at a time is being written."""

    code = "DRAFT_EXISTS"


class VersionNotComplete(DomainError):
    """Something is missing before the version can come into force."""

    code = "VERSION_NOT_COMPLETE"


class AdoptionMissing(DomainError):
    """The decision of the college or its publication was not given, or cannot be right."""

    code = "ADOPTION_MISSING"


class VersionsOverlap(DomainError):
    """Two versions of one scheme would be in force on the same day."""

    code = "VERSIONS_OVERLAP"


class LetterTextInvalid(DomainError):
    """A letter text with a merge field that its letter does not know, or without one that it needs."""

    code = "LETTER_TEXT_INVALID"


@transaction.atomic
def create_scheme(
    name: str,
    *,
    citation: str,
    valid_from: date,
    rows: Mapping[str, Rows] | None = None,
    by: "User | None",
    at: datetime,
    is_demo: bool = False,
    **columns: Any,
) -> SchemeVersion:
    """A new scheme with version 1 in draft, and the rows that are known already. Refusals: `SchemeNameTaken`,
    `LetterTextInvalid`, `FigureMissing`."""
    if SubsidyScheme.objects.filter(name=name).exists():
        raise SchemeNameTaken("Er is al een regeling met deze naam. Kies een andere naam.")
    scheme = SubsidyScheme.objects.create(name=name, is_demo=is_demo)
    for column, kind in STARTING_TERMS.items():
        if column not in columns:
            columns[column] = term_on(kind, local_date(at))
    version = SchemeVersion.objects.create(
        scheme=scheme, number=1, citation=citation, valid_from=valid_from, **columns
    )
    for relation, content in (rows or {}).items():
        _write_rows(version, relation, content)
    record(version, "scheme_version_created", actor=by, at=at, after=version.state)
    return version


@transaction.atomic
def create_version(
    scheme: SubsidyScheme, *, by: "User | None", at: datetime, valid_from: date
) -> SchemeVersion:
    """The next version: a copy in draft of the last one. Refusal: `DraftExists`."""
    scheme = SubsidyScheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    last = scheme.versions.order_by("-number").first()
    if last is None or last.state == SchemeState.DRAFT:
        raise DraftExists("Er is al een versie in concept. Werk die eerst af.")
    copied = {name: getattr(last, name) for section in SECTIONS for name in section.columns}
    version = SchemeVersion.objects.create(
        **{**copied, "valid_from": valid_from, "valid_until": None},
        scheme=scheme,
        number=last.number + 1,
    )
    for relation in ROW_MODELS:
        _write_rows(version, relation, [row.content() for row in rows_of(last, relation)])
    record(version, "scheme_version_created", actor=by, at=at, after=version.state)
    return version


@transaction.atomic
def save_section(
    version: SchemeVersion,
    slug: str,
    *,
    columns: Mapping[str, Any],
    rows: Rows | None = None,
    source: str,
    to_verify: bool,
    by: "User | None",
    at: datetime,
) -> SchemeVersion:
    """Replace one section of a draft, with where it comes from. Refusals: `VersionIsFixed`, `LetterTextInvalid`."""
    section = BY_SLUG[slug]
    if unknown := set(columns) - set(section.columns):
        raise ValueError(f"section {slug} has no columns {sorted(unknown)}")
    version = _lock(version)
    if not version.is_draft:
        raise VersionIsFixed(
            "Deze versie is in werking. Maak een nieuwe versie om iets te wijzigen."
        )
    for name, value in columns.items():
        setattr(version, name, value)
    if columns:
        version.save(update_fields=list(columns))
    if section.rows and rows is not None:
        _write_rows(version, section.rows, rows)
    SchemeSource.objects.update_or_create(
        version=version, section=slug, defaults={"source": source, "to_verify": to_verify}
    )
    record(version, "scheme_section_saved", actor=by, at=at, section=section.title)
    return version


def rows_of(version: SchemeVersion, relation: str) -> list:
    """The rows of one kind in their order."""
    rows: Iterable = getattr(version, relation).all()
    return sorted(rows, key=lambda row: (row.order, row.pk))


def _write_rows(version: SchemeVersion, relation: str, rows: Rows) -> None:
    model = ROW_MODELS[relation]
    if relation == "letter_texts":
        _require_known_fields(rows)
    getattr(version, relation).all().delete()
    model.objects.bulk_create(  # type: ignore[attr-defined]
        model(**{**row, "version": version, "order": order}) for order, row in enumerate(rows, 1)
    )


def _require_known_fields(rows: Rows) -> None:
    for row in rows:
        if problem := problem_with(row["code"], row["text"]):
            raise LetterTextInvalid(problem)


def missing_for_force(version: SchemeVersion) -> list[str]:
    """What the version still lacks before it can come into force, as sentences."""
    return [sentence for missing in missing_in(version).values() for sentence in missing]


@transaction.atomic
def put_in_force(
    version: SchemeVersion,
    *,
    decision_number: str,
    decided_on: date,
    publication_reference: str,
    published_on: date,
    by: "User | None",
    at: datetime,
) -> SchemeVersion:
    """The college adopted and published this version; the version before it ends the day before.

    Refusals: `VersionNotComplete`, `AdoptionMissing`, `VersionsOverlap`, `TransitionNotAllowed`.
    """
    # One at a time per scheme: the scheme first, then its versions.
    SubsidyScheme.objects.select_for_update(of=("self",)).get(pk=version.scheme_id)
    version = _lock(version)
    before, target = version.state, SCHEME_WORKFLOW.target("put_in_force", state=version.state)
    if missing := missing_for_force(version):
        raise VersionNotComplete(" ".join(missing))
    _require_adoption(decision_number, decided_on, publication_reference, published_on, at=at)
    _supersede_previous(version, by=by, at=at)
    version.state = target
    version.decision_number, version.decided_on = decision_number.strip(), decided_on
    version.publication_reference = publication_reference.strip()
    version.published_on = published_on
    version.save(
        update_fields=[
            "state",
            "decision_number",
            "decided_on",
            "publication_reference",
            "published_on",
        ]
    )
    record(version, "scheme_version_in_force", actor=by, at=at, before=before, after=target)
    return version


def _require_adoption(
    decision_number: str,
    decided_on: date,
    publication_reference: str,
    published_on: date,
    *,
    at: datetime,
) -> None:
    if not decision_number.strip():
        raise AdoptionMissing("Vul het nummer van het collegebesluit in.")
    if not publication_reference.strip():
        raise AdoptionMissing("Vul de vindplaats van de publicatie in.")
    if max(decided_on, published_on) > local_date(at):
        raise AdoptionMissing("Het besluit of de publicatie ligt in de toekomst.")
    if published_on < decided_on:
        raise AdoptionMissing("De publicatie ligt vóór het collegebesluit.")


def _supersede_previous(version: SchemeVersion, *, by: "User | None", at: datetime) -> None:
    """End the version in force on the day before; refuse what would overlap with any that was in force."""
    current = (
        SchemeVersion.objects.select_for_update(of=("self",))
        .filter(scheme=version.scheme_id, state=SchemeState.IN_FORCE)
        .first()
    )
    if current is not None:
        if version.valid_from <= current.valid_from:
            raise VersionsOverlap(
                f"Versie {current.number} geldt al vanaf {current.valid_from:%d-%m-%Y}. "
                "Laat deze versie later beginnen."
            )
        end = version.valid_from - timedelta(days=1)
        before, current.state = (
            current.state,
            SCHEME_WORKFLOW.target("supersede", state=current.state),
        )
        current.valid_until = min(end, current.valid_until) if current.valid_until else end
        current.save(update_fields=["state", "valid_until"])
        record(
            current,
            "scheme_version_superseded",
            actor=by,
            at=at,
            before=before,
            after=current.state,
            by_version=version.number,
        )


@transaction.atomic
def discard_draft(version: SchemeVersion, *, by: "User | None", at: datetime) -> None:
    """Throw away a draft on which no round stands, and the scheme with its only version. Refusal: `VersionIsFixed`."""
    version = _lock(version)
    if not version.is_draft or version.rounds.exists():
        raise VersionIsFixed("Deze versie is in gebruik en kan niet weg.")
    scheme = version.scheme
    record(scheme, "scheme_draft_discarded", actor=by, at=at, number=version.number)
    version.delete()
    if not scheme.versions.exists():
        scheme.delete()


def _lock(version: SchemeVersion) -> SchemeVersion:
    return SchemeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
