"""One part of the page of a grant, as the topic that it belongs to makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the page: `template` is included with `panel`; `id` is its anchor."""

    id: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
