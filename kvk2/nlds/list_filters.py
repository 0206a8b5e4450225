"""The filters above a long list: read from the address, applied to the query, and said in words.

What cannot be read (an amount that is none) is told at its field and narrows nothing. The form is written once for
the same choices and the same typed values.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kvk2.core import money
from kvk2.core.capitals import upper_first
from kvk2.core.money import AmountInvalid, parse_amount

LONGEST_SEARCH = 80
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Control:
    """One field of the form, as the template shows it."""

    name: str
    label: str
    value: str
    options: Options = ()
    empty_label: str = ""
    error: str = ""
    is_search: bool = False
    is_number: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is at work: in words, with the names in the address that it comes from."""

    label: str
    words: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A search term; `find` gives the narrowed query."""

    name: str
    label: str
    find: Callable[[QuerySet, str], QuerySet]
    extra: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, query: Mapping[str, str]) -> tuple[str | None, str]:
        text = query.get(self.name, "").replace("\0", "").strip()
        if len(text) > LONGEST_SEARCH:
            return None, f"Zoek op hoogstens {LONGEST_SEARCH} tekens."
        return text or None, ""

    def narrow(self, queryset: QuerySet, value: str) -> QuerySet:
        return self.find(queryset, value)

    def words(self, value: str) -> str:
        return f"‘{value}’"

    def controls(self, query: Mapping[str, str], error: str) -> Iterator[Control]:
        yield Control(self.name, self.label, query.get(self.name, ""), error=error, is_search=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few options; `narrow_to` gives the narrowed query. An option that is not offered narrows nothing."""

    name: str
    label: str
    empty_label: str
    options: Options
    narrow_to: Callable[[QuerySet, str], QuerySet]
    extra: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, query: Mapping[str, str]) -> tuple[str | None, str]:
        value = query.get(self.name, "")
        if not value or any(value == option for option, _ in self.options):
            return value or None, ""
        return None, f"Kies bij ‘{self.label}’ een van de mogelijkheden."

    def narrow(self, queryset: QuerySet, value: str) -> QuerySet:
        return self.narrow_to(queryset, value)

    def words(self, value: str) -> str:
        return dict(self.options)[value]

    def controls(self, query: Mapping[str, str], error: str) -> Iterator[Control]:
        yield Control(
            self.name,
            self.label,
            query.get(self.name, ""),
            options=tuple((value, upper_first(text)) for value, text in self.options),
            empty_label=self.empty_label,
            error=error,
            extra=self.extra,
        )


@dataclass(frozen=True, slots=True)
class Between:
    """From an amount, up to an amount, or both: `path` is the column; `unit` goes in front ('€ ')."""

    name: str
    label: str
    path: str
    unit: str = ""
    extra: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.name}_min", f"{self.name}_max")

    def read(
        self, query: Mapping[str, str]
    ) -> tuple[tuple[Decimal | None, Decimal | None] | None, str]:
        try:
            low, high = (_figure(query.get(name, "")) for name in self.names)
        except AmountInvalid as refusal:
            return None, refusal.message
        if low is not None and high is not None and low > high:
            return None, f"Bij ‘{self.label}’ is ‘vanaf’ hoger dan ‘tot en met’."
        return None if low is None and high is None else (low, high), ""

    def narrow(self, queryset: QuerySet, value: tuple[Decimal | None, Decimal | None]) -> QuerySet:
        for limit, lookup in zip(value, ("gte", "lte"), strict=True):
            if limit is not None:
                queryset = queryset.filter(**{f"{self.path}__{lookup}": limit})
        return queryset

    def words(self, value: tuple[Decimal | None, Decimal | None]) -> str:
        low, high = (None if figure is None else self._said(figure) for figure in value)
        if low and high:
            return f"{low} tot en met {high}"
        return f"vanaf {low}" if low else f"tot en met {high}"

    def _said(self, figure: Decimal) -> str:
        return f"{self.unit}{money.format_number(figure, 0 if figure == int(figure) else 2)}"

    def controls(self, query: Mapping[str, str], error: str) -> Iterator[Control]:
        words = (("vanaf", error), ("tot en met", ""))
        for name, (word, told) in zip(self.names, words, strict=True):
            yield Control(
                name,
                f"{self.label} {word}",
                query.get(name, ""),
                error=told,
                is_number=True,
                extra=self.extra,
            )


def _figure(text: str) -> Decimal | None:
    text = text.replace("€", "").replace("\N{NO-BREAK SPACE}", " ").strip()
    if not text:
        return None
    whole, comma, cents = text.partition(",")
    return parse_amount(f"{whole},{cents}0" if comma and len(cents) == 1 else text)


Filter = Search | Choice | Between


@dataclass
class Filters:
    """The filters of one list, read from one address."""

    filters: Sequence[Filter]
    query: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for filter_ in self.filters:
            value, error = filter_.read(self.query)
            if error:
                self.errors[filter_.name] = error
            elif value is not None:
                self.values[filter_.name] = value

    def applied_to(self, queryset: QuerySet) -> QuerySet:
        for filter_ in self.filters:
            if filter_.name in self.values:
                queryset = filter_.narrow(queryset, self.values[filter_.name])
        return queryset

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(filter_.label, filter_.words(self.values[filter_.name]), filter_.names)
            for filter_ in self.filters
            if filter_.name in self.values
        ]

    @property
    def names(self) -> set[str]:
        """Every name in the address that belongs to a filter."""
        return {name for filter_ in self.filters for name in filter_.names}

    def form_html(self, *, label: str, keep: Mapping[str, str]) -> SafeString:
        """The form; `keep` are the other things in the address, such as the sorting."""
        controls = tuple(
            control
            for filter_ in self.filters
            for control in filter_.controls(self.query, self.errors.get(filter_.name, ""))
        )
        return _form_html(controls, label, tuple(sorted(keep.items())))


@lru_cache(maxsize=128)
def _form_html(
    controls: tuple[Control, ...], label: str, keep: tuple[tuple[str, str], ...]
) -> SafeString:
    extra = [control for control in controls if control.extra]
    return render_to_string(
        "components/list_filters.html",
        {
            "controls": [control for control in controls if not control.extra],
            "extra": extra,
            "extra_in_use": any(control.value for control in extra),
            "label": label,
            "keep": keep,
        },
    )
