"""What a validator does not see: is all text in the tag tree, do links and figures have words?

Runs on the objects of every PDF just before it is written, so that no broken file leaves the
portal. It costs a few milliseconds.
"""

import re
from collections.abc import Iterator

import pydyf

WORD = re.compile(r"\w{2}")


def number(reference: object) -> int:
    """The object number in a reference such as `b'12 0 R'`; -1 for anything else."""
    if isinstance(reference, bytes | str) and reference not in ("null", b"null"):
        return int(reference.split()[0])
    return -1


def structure_root(pdf: pydyf.PDF) -> pydyf.Dictionary:
    """The root of the tag tree."""
    return pdf.objects[number(pdf.catalog["StructTreeRoot"])]


def reachable_elements(pdf: pydyf.PDF) -> set[int]:
    """Numbers of the structure elements that hang in the tag tree."""
    reached: set[int] = set()
    stack = [number(child) for child in structure_root(pdf)["K"]]
    while stack:
        current = stack.pop()
        reached.add(current)
        children = pdf.objects[current].get("K", ())
        stack.extend(number(child) for child in children if isinstance(child, bytes | str))
    return reached


def check_tags(pdf: pydyf.PDF) -> list[str]:
    """The faults of the file in plain words; empty when all is well."""
    faults = []
    if not _words(pdf.catalog["Lang"]):
        faults.append("de taal ontbreekt")
    if not _words(pdf.info.get("Title")):
        faults.append("de titel ontbreekt")
    reached = reachable_elements(pdf)
    faults.extend(_check_text(pdf, reached))
    faults.extend(_check_figures(pdf, reached))
    faults.extend(_check_links(pdf))
    return faults


def _check_text(pdf: pydyf.PDF, reached: set[int]) -> Iterator[str]:
    """Every marked piece of a page must belong to an element of the tree."""
    placed: dict[int, set[int]] = {}
    for element_number in reached:
        element = pdf.objects[element_number]
        if element.get("Type") == "/StructElem":
            mcids = {child for child in element.get("K", ()) if isinstance(child, int)}
            placed.setdefault(number(element.get("Pg")), set()).update(mcids)
    for index, reference in enumerate(pdf.page_references, start=1):
        content = pdf.objects[number(pdf.objects[number(reference)]["Contents"])].stream
        used = {
            item["MCID"]
            for item in content  # tens of thousands of them: a look at the class is no call
            if item.__class__ is pydyf.Dictionary and "MCID" in item
        }
        if lost := used - placed.get(number(reference), set()):
            yield f"pagina {index}: {len(lost)} stukken tekst buiten de leesvolgorde"


def _check_figures(pdf: pydyf.PDF, reached: set[int]) -> Iterator[str]:
    for element_number in sorted(reached):
        element = pdf.objects[element_number]
        if element.get("S") == "/Figure" and not _words(element.get("Alt")):
            yield "een figuur heeft geen beschrijving"


def _check_links(pdf: pydyf.PDF) -> Iterator[str]:
    for item in pdf.objects:
        is_link = isinstance(item, dict) and item.get("Subtype") == "/Link"
        if is_link and not _words(item.get("Contents")):
            yield "een link heeft geen woorden"


def _words(text: pydyf.String | None) -> bool:
    return text is not None and bool(WORD.search(str(text.string)))
