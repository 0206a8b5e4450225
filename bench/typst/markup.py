"""The HTML of a report in the markup of Typst: headings, paragraphs, lists, tables with their headers, pictures."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

PREAMBLE = """#set document(title: "{title}", author: "{author}")
#set page(paper: "a4", margin: 22mm, numbering: "1")
#set text(lang: "nl", font: "Source Sans 3", size: 10pt)
#set heading(numbering: none)
#outline(title: [Inhoud], depth: 2)
"""
HEADINGS = {"h1": "=", "h2": "==", "h3": "===", "h4": "===="}
BLOCKS = {"p", "dt", "dd", "figcaption", "caption"}
SPECIAL = re.compile(r"([\\#*_$<>@\[\]`~=\-+/'\"])")
SVG = "http://www.w3.org/2000/svg"


def write(html: str, folder: Path) -> int:
    """`report.typ` and its pictures in `folder`, out of well-formed HTML; the number of pictures."""
    root = fromstring(re.sub(r"^\s*<!DOCTYPE[^>]*>", "", html))  # noqa: S314 - our own template
    paper = _Paper(folder)
    body = root.find("body")
    if body is None:
        raise ValueError("a report has a body")
    paper.walk(body)
    facts = {"title": _plain(root.find("head/title")), "author": "IKC"}
    (folder / "report.typ").write_text(PREAMBLE.format(**facts) + "\n\n".join(paper.lines))
    return paper.pictures


class _Paper:
    def __init__(self, folder: Path) -> None:
        self.folder, self.lines, self.pictures = folder, list[str](), 0

    def walk(self, element: Element) -> None:
        for child in element:
            name = child.tag.rpartition("}")[2]
            if name in HEADINGS:
                self.lines.append(f"{HEADINGS[name]} {_text(child)}")
            elif name in BLOCKS:
                self._paragraph(child)
            elif name == "li":
                self.lines.append(f"- {_text(child)}")
            elif name == "table":
                self._table(child)
            elif name == "svg":
                self._picture(child)
            elif name != "nav":  # Typst makes its own table of contents
                self._own_words(child)
                self.walk(child)

    def _paragraph(self, element: Element) -> None:
        if words := _text(element):
            self.lines.append(words)

    def _own_words(self, element: Element) -> None:
        if element.text and element.text.strip():
            self.lines.append(_escaped(element.text))

    def _table(self, table: Element) -> None:
        rows = list(table.iter("tr"))
        columns = max((sum(int(cell.get("colspan", 1)) for cell in row) for row in rows), default=0)
        head = table.find("thead")
        top = len(list(head.iter("tr"))) if head is not None else 0
        if caption := table.find("caption"):
            self._paragraph(caption)
        header = ", ".join(_cell(cell) for row in rows[:top] for cell in row)
        cells = ", ".join(_cell(cell) for row in rows[top:] for cell in row)
        start = f"table.header({header}), " if header else ""
        self.lines.append(f"#table(columns: {columns}, {start}{cells})")

    def _picture(self, svg: Element) -> None:
        name = f"picture-{self.pictures}.svg"
        if not svg.tag.startswith("{"):
            svg.set("xmlns", SVG)
        (self.folder / name).write_bytes(tostring(svg))
        title = next((one for one in svg.iter() if one.tag.rpartition("}")[2] == "title"), None)
        words = _plain(title).replace('"', "'") or "picture"
        self.lines.append(f'#image("{name}", alt: "{words}", width: 100%)')
        self.pictures += 1


def _cell(cell: Element) -> str:
    span = int(cell.get("colspan", 1))
    words = f"[{_text(cell)}]"
    return f"table.cell(colspan: {span}){words}" if span > 1 else words


def _plain(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _text(element: Element) -> str:
    return _escaped(_plain(element))


def _escaped(words: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(words.split()))
