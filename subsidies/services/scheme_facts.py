"""The scheme of a municipality out of `scheme.toml`: what is known in public, and what is an assumption to verify."""

import tomllib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ikc.importers.tables import UnreadableFile
from kvk2.core.errors import DomainError
from subsidies.models import ROW_MODELS, SchemeVersion, SubsidyScheme
from subsidies.scheme_examples import EXAMPLE_ROWS
from subsidies.scheme_sections import BY_SLUG, SECTIONS
from subsidies.services.schemes import create_scheme

if TYPE_CHECKING:
    from ikc.models import User

SCHEME_FILE = "scheme.toml"
COLUMNS = frozenset(name for section in SECTIONS for name in section.columns)


def load_scheme(folder: Path, *, at: datetime) -> tuple[int, int]:
    """Make the scheme of `folder` a draft, once: (new, known). Raises UnreadableFile; a folder may have no scheme."""
    file = folder / SCHEME_FILE
    if not file.is_file():
        return (0, 0)
    facts = read_scheme(file)
    if SubsidyScheme.objects.filter(name=facts["name"]).exists():
        return (0, 1)
    make_draft(facts, at=at)
    return (1, 0)


def read_scheme(file: Path) -> dict[str, Any]:
    """The facts of the file: columns, rows by relation, sources by section."""
    try:
        facts = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(f"{file.name} is geen leesbaar bestand: {error}.") from error
    known = {"name", "sources", *COLUMNS, *ROW_MODELS}
    if unknown := sorted(set(facts) - known):
        raise UnreadableFile(f"{file.name}: onbekend onderdeel {', '.join(unknown)}.")
    if missing := sorted({"name", "citation", "valid_from"} - set(facts)):
        raise UnreadableFile(f"{file.name}: {', '.join(missing)} ontbreekt.")
    if not isinstance(facts["valid_from"], date):
        raise UnreadableFile(f"{file.name}: valid_from is geen datum.")
    if strange := sorted(set(facts.get("sources", {})) - set(BY_SLUG)):
        raise UnreadableFile(f"{file.name}: onbekende bron {', '.join(strange)}.")
    return facts


def make_draft(
    facts: dict[str, Any], *, at: datetime, is_demo: bool = False, by: "User | None" = None
) -> SchemeVersion:
    """Version 1 in draft out of what `read_scheme` gave. Refusal: UnreadableFile."""
    rows = {
        relation: facts.get(relation, EXAMPLE_ROWS.get(relation, []))
        for relation in ROW_MODELS
        if relation != "sources"
    }
    sources = [{"section": slug, **source} for slug, source in facts.get("sources", {}).items()]
    columns = {name: facts[name] for name in COLUMNS & set(facts)}
    try:
        with transaction.atomic():
            return create_scheme(
                facts["name"],
                rows={**rows, "sources": sources},
                by=by,
                at=at,
                is_demo=is_demo,
                **columns,
            )
    except (DomainError, IntegrityError, ValidationError, TypeError, InvalidOperation) as error:
        raise UnreadableFile(f"{SCHEME_FILE} past niet in de regels: {error}.") from error
