"""The colours and sizes of one municipality on the tokens of NL Design System.

`theme.json` holds three scales of eight colours, four status colours, the colours of the lines in
charts, and a few sizes. Another municipality changes those; `contrast_failures` guards that its
choice stays readable (WCAG 2.2, 1.4.3 and 1.4.11).
"""

import json
from pathlib import Path
from typing import Any

Theme = dict[str, Any]

SOURCE = Path(__file__).resolve().parent / "theme.json"
WHITE = "#ffffff"

# Which step of a scale each `--basis-color-<group>-…` token takes; 0 is white.
STEPS = {
    "bg-active": 200,
    "bg-default": 100,
    "bg-document": 0,
    "bg-hover": 200,
    "bg-subtle": 50,
    "border-active": 500,
    "border-default": 400,
    "border-hover": 500,
    "border-subtle": 300,
    "color-active": 600,
    "color-default": 500,
    "color-document": 700,
    "color-hover": 600,
    "color-subtle": 400,
}
INVERSE_STEPS = {
    "bg-active": 600,
    "bg-default": 500,
    "bg-document": 600,
    "bg-hover": 600,
    "bg-subtle": 700,
    "border-active": 200,
    "border-default": 300,
    "border-hover": 200,
    "border-subtle": 400,
    "color-active": 0,
    "color-default": 0,
    "color-document": 0,
    "color-hover": 0,
    "color-subtle": 300,
}

# What is printed on what, with the contrast that WCAG asks: 4.5 for text, 3 for the sign of a control.
PAIRS_OF_EACH_SCALE = (
    ("400", WHITE, 4.5),
    ("400", "50", 4.5),
    ("500", "100", 4.5),
    ("500", "200", 4.5),
    ("700", "100", 7.0),
)
PAIRS = (
    ("primary-700", "accent-300", 4.5),  # text that has the focus, and the focus line itself
    (WHITE, "primary-500", 4.5),  # buttons
    (WHITE, "primary-600", 4.5),  # navigation
    (WHITE, "primary-700", 4.5),  # footer
    ("accent-300", "primary-600", 3.0),  # the mark of the current page
    ("status-green", WHITE, 4.5),
    ("status-orange", WHITE, 4.5),
    ("status-red", WHITE, 4.5),
    ("status-grey", WHITE, 4.5),
)


def load(path: Path = SOURCE) -> Theme:
    return json.loads(path.read_text(encoding="utf-8"))


def palette(theme: Theme) -> dict[str, str]:
    """All named colours: `primary-500`, `status-red`, `series-1`, with their hex values."""
    named = {
        f"{scale}-{step}": colour
        for scale, steps in theme["scales"].items()
        for step, colour in steps.items()
    }
    named |= {f"status-{name}": colour for name, colour in theme["status"].items()}
    named |= {f"series-{number}": colour for number, colour in enumerate(theme["series"], 1)}
    return named


def custom_properties(theme: Theme) -> dict[str, str]:
    """The CSS custom properties of the theme: its palette, and the tokens that follow from it."""
    properties = {f"--kvk2-{name}": colour for name, colour in palette(theme).items()}
    for group, scale in theme["groups"].items():
        for variant, steps in (("", STEPS), ("inverse-", INVERSE_STEPS)):
            for role, step in steps.items():
                value = f"var(--kvk2-{scale}-{step})" if step else WHITE
                properties[f"--basis-color-{group}-{variant}{role}"] = value
    return properties | theme["tokens"]


def contrast_failures(theme: Theme) -> list[str]:
    """One sentence per pair of colours that is hard to read; empty when all is well."""
    named = palette(theme)
    pairs = [
        (f"{scale}-{front}", back if back == WHITE else f"{scale}-{back}", needed)
        for scale in theme["scales"]
        for front, back, needed in PAIRS_OF_EACH_SCALE
    ]
    pairs += PAIRS
    pairs += [(name, WHITE, 4.5) for name in named if name.startswith("series-")]
    failures = []
    for front, back, needed in pairs:
        ratio = contrast(named.get(front, front), named.get(back, back))
        if ratio < needed:
            failures.append(f"{front} op {back}: contrast {ratio:.2f}, nodig is {needed}")
    return failures


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hex colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
