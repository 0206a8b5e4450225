"""The table of contents: made from the same list as the headings, so that they cannot differ."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A second-level heading."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A first-level heading; `label` is its number or 'Bijlage A', empty for the front matter."""

    id: str
    label: str
    title: str
    entries: tuple[Entry, ...] = ()


class Contents:
    """Collects the chapters of one report and numbers them in the order they are added."""

    def __init__(self) -> None:
        self._chapters: dict[str, Chapter] = {}
        self._numbers = 0
        self._annexes = 0

    def front(self, key: str, title: str, entries: tuple[Entry, ...] = ()) -> None:
        self._add(Chapter(key, "", title, entries))

    def chapter(self, key: str, title: str, entries: tuple[Entry, ...] = ()) -> None:
        self._numbers += 1
        self._add(Chapter(key, str(self._numbers), title, entries))

    def annex(self, key: str, title: str, entries: tuple[Entry, ...] = ()) -> None:
        self._annexes += 1
        self._add(Chapter(key, f"Bijlage {chr(ord('A') + self._annexes - 1)}", title, entries))

    def _add(self, chapter: Chapter) -> None:
        self._chapters[chapter.id.replace("-", "_")] = chapter

    def as_list(self) -> list[Chapter]:
        return list(self._chapters.values())

    def by_key(self) -> dict[str, Chapter]:
        """Chapters by id, with underscores, for a template."""
        return dict(self._chapters)
