from dataclasses import dataclass, field

from ikc.importers.tables import Parsed, RowError


@dataclass(slots=True)
class ImportReport:
    """What one file did to the database, for the terminal."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    elsewhere: int = 0
    notes: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @classmethod
    def of(cls, parsed: Parsed) -> "ImportReport":
        return cls(elsewhere=parsed.elsewhere, errors=list(parsed.errors))

    def lines(self) -> list[str]:
        """Dutch lines: the counts, then what deserves attention, then one line per error."""
        counts = (
            f"{self.created} nieuw, {self.changed} gewijzigd, {self.unchanged} ongewijzigd, "
            f"{self.elsewhere} niet van deze gemeente of soort, {len(self.errors)} met een fout"
        )
        notes = [f"let op: {note}" for note in self.notes]
        return [counts, *notes, *map(str, self.errors)]
