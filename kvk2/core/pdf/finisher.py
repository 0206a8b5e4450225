"""The last touch on a PDF before it is written: what WeasyPrint 70 leaves out or gets wrong.

WeasyPrint writes PDF/A-3a. `finish` turns that into a file that is PDF/UA-1 as well, repairs the
five things that validators pass and readers with a screen reader lose, checks the result and packs
it. It leans on the internals of weasyprint 70.0 and pydyf 0.13.0, which are pinned; the validator
tests guard an upgrade.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import pydyf

from kvk2.core.pdf.tagcheck import check_tags, number, reachable_elements, structure_root

COMPRESSION_LEVEL = 6  # level 9 costs twice the time for one percent
POINTS_PER_PIXEL = 0.75

PDFUA_METADATA = b"""<rdf:Description rdf:about="" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""


class BrokenTags(Exception):
    """The tag tree of the finished file is not complete."""


def finish(document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint's finisher: called with its document and the PDF just before writing."""
    _declare_pdfua(pdf)
    _name_links(document)
    _describe_elements(document, pdf)
    _mark_running_text(pdf)
    _list_attachments_once(pdf)
    if faults := check_tags(pdf):
        raise BrokenTags("; ".join(faults))
    _compress(pdf)


def _declare_pdfua(pdf: pydyf.PDF) -> None:
    """Add the PDF/UA identifier, and the schema that PDF/A wants for it (ISO 19005-3, 6.6.2.3)."""
    metadata = pdf.objects[number(pdf.catalog["Metadata"])]
    (packet,) = metadata.stream
    metadata.stream = [packet.replace(b"</rdf:RDF>", PDFUA_METADATA + b"</rdf:RDF>", 1)]
    metadata.compress = False


def _name_links(document: Any) -> None:
    """Give every link its visible words; WeasyPrint writes the raw target."""
    for page in document.pages:
        for box in _boxes(page._page_box):
            annotation = getattr(box, "link_annotation", None)
            if annotation is None:
                continue
            words = " ".join("".join(box.element.itertext()).split())
            verb = "Ga naar" if "Dest" in annotation else "Open"
            annotation["Contents"] = pydyf.String(f"{verb} {words}" if words else "")


def _boxes(root: Any) -> Iterator[Any]:
    stack = [root]
    while stack:
        box = stack.pop()
        box = getattr(box, "_box", box)
        yield box
        stack.extend(getattr(box, "children", ()))


def _describe_elements(document: Any, pdf: pydyf.PDF) -> None:
    """Tell headers what they head, and figures where they are on the page."""
    heights = {
        reference: page.height
        for reference, page in zip(pdf.page_references, document.pages, strict=True)
    }
    for element in pdf.objects:
        if not isinstance(element, dict) or element.get("Type") != "/StructElem":
            continue
        if element["S"] == "/TH":
            _set_scope(element, pdf)
        elif element["S"] == "/Figure":
            _place_figure(element, heights[element["Pg"]])


def _set_scope(cell: pydyf.Dictionary, pdf: pydyf.PDF) -> None:
    row = pdf.objects[number(cell["P"])]
    group = pdf.objects[number(row["P"])]
    attributes = cell.setdefault("A", pydyf.Dictionary({"O": "/Table"}))
    attributes["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _place_figure(figure: pydyf.Dictionary, page_height: float) -> None:
    """CSS pixels from the top left become points from the bottom left (ISO 32000-1, 14.8.5.4)."""
    left, top, right, bottom = figure["A"]["BBox"]
    corners = (left, page_height - bottom, right, page_height - top)
    figure["A"]["BBox"] = pydyf.Array(round(value * POINTS_PER_PIXEL, 3) for value in corners)


def _mark_running_text(pdf: pydyf.PDF) -> None:
    """Make headers and footers of pages artifacts: they are tagged, but outside the tree."""
    reachable = reachable_elements(pdf)
    parents = pdf.objects[number(structure_root(pdf)["ParentTree"])]["Nums"]
    for page_index, owners in zip(parents[::2], parents[1::2], strict=True):
        if not isinstance(owners, list):
            continue  # a link annotation
        orphans = {mcid for mcid, owner in enumerate(owners) if number(owner) not in reachable}
        if orphans:
            _as_artifacts(pdf, page_index, orphans)
            owners[:] = ["null" if mcid in orphans else owner for mcid, owner in enumerate(owners)]


def _as_artifacts(pdf: pydyf.PDF, page_index: int, orphans: set[int]) -> None:
    page = pdf.objects[number(pdf.page_references[page_index])]
    content = pdf.objects[number(page["Contents"])].stream
    for position, command in enumerate(content):
        if command.__class__ is pydyf.Dictionary and command.get("MCID") in orphans:
            content[position - 1] = b"/Artifact"
            content[position] = pydyf.Dictionary({"Type": "/Pagination"})


def _list_attachments_once(pdf: pydyf.PDF) -> None:
    """WeasyPrint names each attachment twice in the list of associated files."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _compress(pdf: pydyf.PDF) -> None:
    """Pack every stream here; pydyf would do it twice at level 9, once for the identifier."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress:
            raw = b"\n".join(map(pydyf._to_bytes, item.stream))
            item.stream = [zlib.compress(raw, COMPRESSION_LEVEL)]
            item.extra["Filter"] = "/FlateDecode"
            item.compress = False
