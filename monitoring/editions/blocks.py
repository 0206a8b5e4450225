"""What a page of a report is made of. One template shows it: `monitoring/edition.html`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kvk2.core.charts import Chart
from kvk2.nlds.components import Tile
from monitoring.explain import LABELS
from monitoring.printing.figures import Mark
from monitoring.report_dataset import Edition as EditionFacts
from monitoring.status import Status


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a section; `kind` names how the template shows `value`."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first cell of a row heads it. A cell is text or a `Mark`."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str | Mark, ...], ...]

    def cells(self) -> Iterator[tuple[str | Mark, list[tuple[str, str | Mark]]]]:
        """The name of each row with its other cells, each with the header that it stands under."""
        for first, *others in self.rows:
            yield first, list(zip(self.headers[1:], others, strict=True))


@dataclass(frozen=True, slots=True)
class FileLink:
    """The report in another form (`components/file_list.html`)."""

    name: str
    url: str
    meta: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with its heading; level 3 stands under the section of level 2 before it."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole report as a page."""

    title: str
    subtitle: str
    facts: EditionFacts
    digest: str
    demo: bool
    sections: tuple[Section, ...] = field(default=())

    @property
    def contents(self) -> list[Section]:
        return [section for section in self.sections if section.level == 2]


def text(words: str) -> Block:
    return Block("text", words)


def lead(words: str) -> Block:
    return Block("lead", words)


def listed(items: Iterable[str]) -> Block:
    return Block("list", tuple(items))


def tiles(rows: Iterable[tuple[str, int]]) -> Block:
    return Block("tiles", tuple(Tile(label, value) for label, value in rows))


def picture(chart: Chart) -> Block:
    """The drawing with its conclusion and a table of its figures beside it."""
    return Block("chart", chart)


def verdict(mark: Mark, words: str = "") -> Block:
    return Block("mark", (mark, words))


def answers(rows: Iterable[tuple[str, str, str]]) -> Block:
    """Heading, words, and who said it."""
    return Block("answers", tuple(rows))


def table(caption: str, headers: Sequence[str], rows: Iterable[Sequence[str | Mark]]) -> Block:
    return Block("table", Table(caption, tuple(headers), tuple(tuple(row) for row in rows)))


def blocks(*parts: Block | None) -> tuple[Block, ...]:
    """Those that are there."""
    return tuple(part for part in parts if part is not None)


MEANINGS = {
    Status.GREEN: "Het doel van dit jaar is gehaald, of het verschil valt binnen de afgesproken tolerantie.",
    Status.AMBER: "Het doel is niet gehaald, maar er is genoeg vooruitgang, of het verschil is klein.",
    Status.RED: "Er is te weinig vooruitgang, of het gaat slechter dan bij de nulmeting.",
    Status.NO_DATA: "Er had een cijfer moeten zijn, maar het is er niet. De reden staat erbij.",
    Status.TOO_SMALL: "De groep is te klein: dan zegt een cijfer te weinig, of te veel over één kind.",
    Status.NOT_YET_DUE: "Het moment om te meten is nog niet voorbij.",
    Status.TOO_EARLY: "Er is over minder dan de helft van het jaar gemeten.",
    Status.NOT_APPLICABLE: "Er zijn dit jaar geen kinderen voor wie dit geldt.",
    Status.NOT_COMPARABLE: "Er is anders gemeten dan eerst, zodat de cijfers niet naast elkaar passen.",
}


def legend() -> Block:
    """What the signs mean."""
    rows = [
        (Mark(status.value.lower().replace("_", "-"), LABELS[status].text), meaning)
        for status, meaning in MEANINGS.items()
    ]
    return table("Wat de tekens betekenen", ("Teken en woord", "Betekenis"), rows)
