"""Makes one small style sheet out of the style sheets of NL Design System and our own.

Kept are: the components that we name, without the classes that no template uses; of the thousands of
design tokens the shared ones (`--basis-…` and the municipality's own) that a kept rule reaches through
`var()`. A token of one component (`--utrecht-textbox-…`) has said all it has to say when the sheet is
made, so its value takes its place. Pictures inside `data:` addresses become
files, so that the content security policy can say `img-src 'self'`.
"""

import hashlib
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import rcssmin
import tinycss2

Properties = dict[str, str]

LAYERS = "@layer tokens,theme,components,app;"
CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
FUNCTIONAL = re.compile(r":(?:not|where|is|has)\([^()]*\)")
# Tokens that stay in the sheet, so that a browser's inspector shows the design and not only its values.
SHARED = re.compile(r"^--(?:basis|kvk2)-")
# A declaration in a rule, whose value refers to a token.
REFERRING = re.compile(r"(?<=[{;\s])([\w-]+)(\s*:\s*)([^;{}]*var\([^;{}]*)")
REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")
DECLARATION = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+);")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DATA_SVG = re.compile(r'url\("data:image/svg\+xml,([^"]+)"\)')
WORD = re.compile(r"[A-Za-z][\w-]+")
# Classes that mimic a state for documentation pages; the real state has a rule of its own.
STATE_CLASS = re.compile(
    r"--(?:hover|focus|focus-visible|active|pressed|visited|focus-within|positive|rtl)(?![\w-])"
)
# Classes that templates put together from parts, so that no file names them in full.
ASSEMBLED = re.compile(
    r"^(?:utrecht-(?:status-badge|alert)--(?:neutral|warning|success|danger|invalid|inactive|info|ok|error)"
    r"|nl-button--(?:primary|secondary|subtle)|nl-heading--level-[1-4])$"
)


@dataclass(frozen=True)
class Source:
    """A style sheet of a package; `roots` are the components kept of it, all when None."""

    text: str
    roots: frozenset[str] | None = None


@dataclass
class Sheet:
    """The result: the style sheet, the pictures that it needs, and which classes it was made for."""

    text: str
    pictures: dict[str, str]
    classes_used: list[str] = field(default_factory=list)
    classes_known: list[str] = field(default_factory=list)
    unknown_tokens: list[str] = field(default_factory=list)


def build(
    *,
    sources: Sequence[Source],
    tokens: str,
    theme: Mapping[str, str],
    own: str,
    fonts: str,
    words: set[str],
) -> Sheet:
    """One minified style sheet in cascade layers; `words` is all that may be a class name."""
    known = {name for source in sources for name in CLASS.findall(source.text)}
    used = {name for name in known if name in words or ASSEMBLED.match(name)}
    components = "\n".join(
        rule for source in sources for rule in _kept_rules(_parse(source.text), source.roots, used)
    )
    pictures: dict[str, str] = {}
    components = DATA_SVG.sub(_picture_to_file(pictures), components)
    available = {**properties(tokens), **theme}
    local = properties(own).keys() | properties(components).keys()
    components = _without_private_tokens(components, available, local)
    reached = _reachable(
        _references(components) | _references(own), _shared_tokens(available, local)
    )
    layers = {
        "tokens": _root({name: reached[name] for name in sorted(reached) if name not in theme}),
        "theme": _root({name: value for name, value in theme.items() if name in reached}),
        "components": components,
        "app": own,
    }
    body = "".join(f"@layer {name}{{{text}}}" for name, text in layers.items())
    declared = available.keys() | local
    return Sheet(
        text=rcssmin.cssmin(LAYERS + fonts + body),
        pictures=pictures,
        classes_used=sorted(used & words),
        classes_known=sorted(known),
        unknown_tokens=sorted(_references(own) - declared),
    )


def words_in(texts: Iterable[str]) -> set[str]:
    """Everything in templates and code that might be the name of a class."""
    return {word for text in texts for word in WORD.findall(text)}


def properties(css: str) -> Properties:
    """The custom properties that a style sheet declares."""
    return {name: value.strip() for name, value in DECLARATION.findall(COMMENT.sub("", css))}


def _references(css: str) -> set[str]:
    return set(REFERENCE.findall(css))


def _reachable(names: set[str], available: Mapping[str, str]) -> Properties:
    """The properties that `names` need, directly or through other properties."""
    reached: Properties = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached and name in available:
            reached[name] = available[name]
            waiting += _references(available[name])
    return reached


class _Unset(Exception):
    """A value refers to a token that nobody declares."""


@dataclass(frozen=True)
class _Folder:
    """Puts the value of a token where only its name stood; `local` are the ones that a rule sets itself."""

    available: Mapping[str, str]
    local: Iterable[str]

    def fold(self, value: str) -> str:
        done = ""
        while (start := value.find("var(")) >= 0:
            end = _closing(value, start + 3)
            name, comma, fallback = value[start + 4 : end].partition(",")
            done += value[:start] + self._of(name.strip(), fallback.strip() if comma else None)
            value = value[end + 1 :]
        return done + value

    def _of(self, name: str, fallback: str | None) -> str:
        if name in self.local:
            with suppress(_Unset):
                return f"var({name})" if fallback is None else f"var({name},{self.fold(fallback)})"
            return f"var({name})"  # the other name is nobody's
        if name in self.available:
            return f"var({name})" if SHARED.match(name) else self.fold(self.available[name])
        if fallback is None:
            raise _Unset(name)
        return self.fold(fallback)


def _closing(text: str, opening: int) -> int:
    """Where the bracket closes that opens there."""
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    raise ValueError(f"Dit haakje gaat niet dicht: {text[opening:]}")


def _without_private_tokens(css: str, available: Mapping[str, str], local: Iterable[str]) -> str:
    folder = _Folder(available, local)

    def replace(match: re.Match[str]) -> str:
        name, colon, value = match.groups()
        try:
            return name + colon + folder.fold(value)
        except _Unset:
            # exactly what a browser makes of it; a property of its own is left as it is
            return match[0] if name.startswith("--") else f"{name}{colon}unset"

    return REFERRING.sub(replace, css)


def _shared_tokens(available: Properties, local: Iterable[str]) -> Properties:
    """What may stand in the sheet: each token, referring only to shared ones; what refers to nothing is left out."""
    folder = _Folder(available, local)
    shared = {}
    for name, value in available.items():
        with suppress(_Unset):
            shared[name] = folder.fold(value)
    return shared


def _root(declared: Mapping[str, str]) -> str:
    return ":root,::backdrop{" + "".join(f"{name}:{text};" for name, text in declared.items()) + "}"


def _parse(css: str) -> list:
    return tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)


def _kept_rules(nodes: list, roots: frozenset[str] | None, used: set[str]) -> Iterator[str]:
    for node in nodes:
        if node.type == "qualified-rule":
            if kept := [part for part in _selectors(node) if _is_kept(part, roots, used)]:
                yield f"{','.join(kept)}{{{tinycss2.serialize(node.content)}}}"
        elif node.type == "at-rule":
            yield from _kept_at_rule(node, roots, used)


def _kept_at_rule(node, roots: frozenset[str] | None, used: set[str]) -> Iterator[str]:
    prelude = tinycss2.serialize(node.prelude).strip()
    if node.lower_at_keyword in ("media", "supports", "container", "layer") and node.content:
        inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
        if kept := "\n".join(_kept_rules(inner, roots, used)):
            yield f"@{node.at_keyword} {prelude}{{{kept}}}"
    elif node.lower_at_keyword == "keyframes" and (
        roots is None or any(root in prelude for root in roots)
    ):
        yield f"@keyframes {prelude}{{{tinycss2.serialize(node.content)}}}"


def _selectors(rule) -> list[str]:
    """The parts of a selector list; a comma inside brackets does not divide."""
    parts, depth = [""], 0
    for character in tinycss2.serialize(rule.prelude):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [" ".join(part.split()) for part in parts if part.strip()]


def _is_kept(selector: str, roots: frozenset[str] | None, used: set[str]) -> bool:
    if STATE_CLASS.search(selector):
        return False
    classes = set(CLASS.findall(FUNCTIONAL.sub("", selector)))
    components = {re.split(r"--|__", name, maxsplit=1)[0] for name in classes}
    is_ours = roots is None or (bool(components) and components <= roots)
    return is_ours and classes <= used


def _picture_to_file(pictures: dict[str, str]) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        svg = urllib.parse.unquote(match[1])
        name = f"{hashlib.sha256(svg.encode()).hexdigest()[:8]}.svg"
        pictures[name] = svg
        return f'url("img/{name}")'

    return replace
