import gc
import re
import tempfile
from datetime import UTC, datetime

import pytest

from kvk2.core.pdf import PdfAttachment, PdfError, assets, engine, finisher, render_pdf, text
from kvk2.core.tests.pdf_reader import read
from kvk2.core.tests.verapdf import validate

CREATED = datetime(2026, 6, 18, 10, 5, tzinfo=UTC)
CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30" width="60" height="30">'
    "<title>Een rood vlak</title>"
    '<rect width="60" height="30" fill="#b3261e"/></svg>'
)
BODY = f"""
<h1 id="kop">Besluit</h1>
<p>Lees ook <a href="#kop">het besluit zelf</a> of <a href="https://example.nl/x">de uitleg</a>.</p>
<table><thead><tr><th scope="col">Kind</th><th scope="col">Aantal</th></tr></thead>
<tbody><tr><th scope="row">Peuters</th><td>12</td></tr></tbody></table>
<figure>{CHART}</figure>
"""


@pytest.fixture
def render(monkeypatch):
    """Renders a page with this body; keyword arguments change the head."""

    def make(body: str = BODY, *, title: str = "Proef", lang: str = "nl", attachments=()) -> bytes:
        html = (
            f'<!doctype html><html lang="{lang}"><head><title>{title}</title>'
            '<meta name="dcterms.created" content="{{created}}"/>'
            '<link rel="stylesheet" href="letter.css"/></head>'
            f'<body data-reference="K-1" data-sender="Gemeente" data-demo="">{body}</body></html>'
        )
        monkeypatch.setattr(
            engine,
            "render_to_string",
            lambda template, context: html.replace("{{created}}", context["created"]),
        )
        return render_pdf("proef.html", {}, created=CREATED, attachments=attachments)

    return make


def attachments():
    return [
        PdfAttachment("figuren.csv", b"a;b\r\n", "De figuren"),
        PdfAttachment("alles.json", b"{}", "Alles", relationship="Source"),
    ]


@pytest.mark.parametrize("flavour", ["ua1", "3a"])
def test_one_file_is_accessible_and_durable(render, flavour):
    verdict = validate(render(attachments=attachments()), flavour)
    assert verdict.failures == ()
    assert verdict.compliant
    assert verdict.checks > 100


def test_the_validator_bites_on_a_skipped_heading(render):
    verdict = validate(render("<h1>Een</h1><h3>Drie</h3><p>Tekst</p>"), "ua1")
    assert not verdict.compliant
    assert any(line.startswith("7.4.2-1") for line in verdict.failures)


def test_the_validator_bites_without_the_finisher(render, monkeypatch):
    monkeypatch.setattr(engine, "finish", lambda document, pdf: None)
    verdict = validate(render(), "ua1")
    assert any(line.startswith("5-1") for line in verdict.failures)


def test_the_validator_bites_on_a_figure_without_words(render, monkeypatch):
    monkeypatch.setattr(finisher, "check_tags", lambda pdf: [])
    silent = CHART.replace("<title>Een rood vlak</title>", "")
    verdict = validate(render(f"<h1>Kop</h1><figure>{silent}</figure>"), "ua1")
    assert any(line.startswith("7.3-1") for line in verdict.failures)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"body": BODY.replace("<title>Een rood vlak</title>", "")}, "figuur"),
        ({"body": '<h1 id="kop">Kop</h1><p><a href="#kop"> </a>.</p>'}, "link"),
        ({"title": ""}, "titel"),
        ({"lang": ""}, "taal"),
    ],
)
def test_a_broken_file_never_leaves_the_portal(render, change, complaint):
    with pytest.raises(PdfError, match=complaint):
        render(**change)


def test_lost_text_is_noticed(render, monkeypatch):
    monkeypatch.setattr(finisher, "_mark_running_text", lambda pdf: None)
    with pytest.raises(PdfError, match="buiten de leesvolgorde"):
        render()


def test_a_template_that_is_no_xml_is_refused(render):
    with pytest.raises(PdfError, match="proef"):
        render("<p>niet gesloten")


def test_readers_get_scopes_words_and_places(render):
    pdf = read(render())
    assert [cell.scope for cell in pdf.kinds("TH")] == ["/Column", "/Column", "/Row"]
    assert [words for _, words, _ in pdf.links] == [
        "Ga naar het besluit zelf",
        "Open de uitleg",
    ]
    (figure,) = pdf.kinds("Figure")
    assert figure.alt == "Een rood vlak"
    left, bottom, right, top = figure.box
    assert 0 < left < right < 596
    assert 0 < bottom < top < 842
    assert pdf.lost == ()
    assert pdf.outline == ("Besluit",)


def test_the_only_moment_in_the_file_is_the_given_one(render):
    data = render(attachments=attachments())
    assert read(data).info["/CreationDate"] == "D:20260618100500Z"
    assert data == render(attachments=attachments())


def test_attachments_are_listed_once_with_their_role(render):
    pdf = read(render(attachments=attachments()))
    assert pdf.attachments == {
        "figuren.csv": ("/Data", b"a;b\r\n"),
        "alles.json": ("/Source", b"{}"),
    }
    assert pdf.catalog["AF"] == "2"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.nl/foto.png",
        "http://127.0.0.1/foto.png",
        "file:///etc/passwd",
        "../../manage.py",
        "img/../../../manage.py",
        "img/bestaat-niet.svg",
        "data:image/svg+xml,&lt;svg/&gt;",
    ],
)
def test_nothing_is_opened_but_the_packaged_files(render, address):
    with pytest.raises(PdfError):
        render(f'<h1>Kop</h1><p><img src="{address}" alt="foto"/></p>')


def test_colours_come_from_the_theme():
    css = assets.read_asset(assets.STYLE_FOLDER / "letter.css").decode()
    assert "var(" not in css
    assert assets.palette()["primary-500"] in css


def test_no_style_sheet_asks_for_font_features():
    """WeasyPrint never frees the list that each line with features gets: 0.9 MB for every report of a worker.

    Nothing is lost: the packaged fonts write lining figures of one width by themselves.
    """
    for path in sorted(assets.STYLE_FOLDER.glob("*.css")):
        css = assets.read_asset(path).decode()
        assert not re.search(r"font-(variant|feature|kerning)", css), path.name


def test_every_style_sheet_and_picture_uses_known_colours():
    for path in sorted(assets.STYLE_FOLDER.rglob("*")):
        if path.is_file():
            assert b"var(" not in assets.read_asset(path), path.name


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Hoi 👍🏽!", "Hoi □!"),
        ("漢字", "□□"),
        ("e\u0301én", "één"),
        ("a\u200db\ufe0f", "ab"),
        ("bel\u0007", "bel"),
        ("ﬁets ２", "fiets 2"),
        ("Frysk: Tolhûswei, Łódź, Şule, Ğ, ẞ", "Frysk: Tolhûswei, Łódź, Şule, Ğ, ẞ"),
        ("€ 12,50 – ‘goed’ … ½ ≤ →", "€ 12,50 – ‘goed’ … ½ ≤ →"),
    ],
)
def test_characters_without_a_glyph_become_a_square(typed, printed):
    assert text.printable(typed) == printed


def test_replaced_characters_are_logged_without_the_text_around_them(caplog):
    text.printable("geheim 漢 geheim")
    (record,) = caplog.records
    assert record.code_points == ["U+6F22"]
    assert "geheim" not in record.getMessage()


def test_a_text_full_of_emoji_still_is_accessible(render):
    data = render("<h1>Blij 👩‍👩‍👧 bezoek</h1><p>Ik ❤️ ons IKC 漢字 שלום</p>")
    assert validate(data, "ua1").compliant
    assert validate(data, "3a").compliant


def test_garbage_collection_is_on_again_after_a_fault(render):
    with pytest.raises(PdfError):
        render(title="")
    assert gc.isenabled()


def test_warming_up_parses_the_style_sheets_once(render):
    engine.warm_up()
    try:
        misses = engine._style.cache_info().misses
        render()
        assert engine._style.cache_info().misses == misses
    finally:
        gc.unfreeze()


def test_cooling_down_leaves_no_temporary_files(monkeypatch, tmp_path):
    engine.cool_down()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine.warm_up()
    assert list(tmp_path.glob("weasyprint-*"))
    engine.cool_down()
    assert not list(tmp_path.glob("weasyprint-*"))
