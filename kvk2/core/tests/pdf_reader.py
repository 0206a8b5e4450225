"""Reads a finished PDF the way a screen reader does: by its tag tree, not by its looks."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf


@dataclass(frozen=True)
class TaggedPdf:
    """What the tests ask of a file. Build it with `read`."""

    elements: tuple[Any, ...]  # structure elements in reading order
    links: tuple[tuple[int, str, str], ...]  # page, words, name of the target
    lost: tuple[str, ...]  # tagged pieces that are in no element
    outline: tuple[str, ...]
    destinations: frozenset[str]
    attachments: dict[str, tuple[str, bytes]]  # name -> relationship, content
    catalog: dict[str, str]
    info: dict[str, str]
    pages: int

    def kinds(self, kind: str) -> list[Any]:
        """The elements of one kind: 'TH', 'Figure', 'H1'."""
        return [element for element in self.elements if element.S.endswith(f"/{kind}")]


def read(data: bytes) -> TaggedPdf:
    """Parse a PDF into what the tests ask of it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        elements = tuple(_elements(pdf.Root.StructTreeRoot.K))
        names = pdf.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
        with pdf.open_outline() as outline:
            titles = tuple(_titles(outline.root))
        return TaggedPdf(
            elements=tuple(_copied(element) for element in elements),
            links=tuple(_links(pdf)),
            lost=tuple(_lost(pdf, elements)),
            outline=titles,
            destinations=frozenset(str(name) for name in list(names)[::2]),
            attachments={
                name: (str(spec.obj.AFRelationship), spec.get_file().read_bytes())
                for name, spec in pdf.attachments.items()
            },
            catalog={"Lang": str(pdf.Root.Lang), "AF": str(len(pdf.Root.get("/AF", [])))},
            info={key: str(value) for key, value in pdf.docinfo.items()},
            pages=len(pdf.pages),
        )


@dataclass(frozen=True)
class Element:
    """A structure element that outlives the open file."""

    S: str
    alt: str
    scope: str
    box: tuple[float, ...]


def _copied(element: pikepdf.Object) -> Element:
    attributes = element.get("/A", {})
    return Element(
        S=str(element.S),
        alt=str(element.get("/Alt", "")),
        scope=str(attributes.get("/Scope", "")),
        box=tuple(float(value) for value in attributes.get("/BBox", [])),
    )


def _elements(kids: pikepdf.Object) -> Iterator[pikepdf.Object]:
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            if "/K" in kid:
                yield from _elements(kid.K)


def _links(pdf: pikepdf.Pdf) -> Iterator[tuple[int, str, str]]:
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.get("/Annots", []):
            if annotation.Subtype == "/Link":
                yield number, str(annotation.get("/Contents", "")), str(annotation.get("/Dest", ""))


def _lost(pdf: pikepdf.Pdf, elements: tuple[pikepdf.Object, ...]) -> Iterator[str]:
    placed: dict[tuple[int, int], set[int]] = {}
    for element in elements:
        for kid in element.get("/K", []):
            if isinstance(kid, int):
                placed.setdefault(element.Pg.objgen, set()).add(int(kid))
    for number, page in enumerate(pdf.pages, 1):
        used = {
            int(operands[1].MCID)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and "/MCID" in operands[1]
        }
        if missing := used - placed.get(page.obj.objgen, set()):
            yield f"page {number}: {sorted(missing)}"


def _titles(items: Any) -> Iterator[str]:
    for item in items:
        yield str(item.title)
        yield from _titles(item.children)
