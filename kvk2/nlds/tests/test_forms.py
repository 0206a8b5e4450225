"""Forms of the pack: what a user hears, sees and gets back after a mistake."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.template import engines

from kvk2.nlds.forms import (
    ErrorItem,
    NldsForm,
    data_after_row_button,
    error_items,
    visible_rows,
    without_errors,
)
from kvk2.nlds.layout import (
    Actions,
    Affixed,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    FileUpload,
    FormsetTable,
    LinkButton,
    NldsHelper,
    Scale,
)
from kvk2.nlds.shortcuts import render_form


class LineForm(NldsForm):
    description = forms.CharField(label="Omschrijving", help_text="Kort")
    amount = forms.DecimalField(label="Bedrag", error_messages={"invalid": "Alleen cijfers."})


Lines = forms.formset_factory(LineForm, extra=0, can_delete=True)


class ExampleForm(NldsForm):
    name = forms.CharField(
        label="Naam", error_messages={"required": "Vul een naam in."}, help_text="Zoals op papier."
    )
    goal = forms.CharField(label="Doel", max_length=20, widget=forms.Textarea)
    starts_on = forms.DateField(label="Vanaf")
    closes_at = forms.DateTimeField(label="Sluit op")
    groups = forms.MultipleChoiceField(
        label="Groepen", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    score = forms.ChoiceField(
        label="Score", choices=[("1", "Laag"), ("2", "Hoog")], widget=forms.RadioSelect
    )
    own = forms.DecimalField(label="Eigen bijdrage", required=False)
    pupils = forms.IntegerField(label="Leerlingen")
    quote = forms.FileField(label="Offerte", widget=forms.FileInput)
    agreed = forms.BooleanField(label="Akkoord")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="formulier")
        files = [{"name": "a.pdf", "url": "/a", "meta": "1 kB", "remove_value": "7"}]
        self.helper.layout = Layout(
            Fieldset("Plan", "name", CharacterCount("goal"), Columns("starts_on", "closes_at")),
            "groups",
            FormsetTable("lines", "Begroting", total="amount", currency=["amount"]),
            Scale("score"),
            Currency("own"),
            Affixed("pupils", after="kinderen"),
            FileUpload("quote", files=files),
            "agreed",
            Actions(Button("next", "Verder"), LinkButton("/terug/", "Terug")),
        )


def lines(**rows):
    return Lines({"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", **rows}, prefix="lines")


def page(form, formset) -> str:
    template = engines["django"].from_string("{% load crispy_forms_tags %}{% crispy form %}")
    return template.render({"form": form, "formsets": {"lines": formset}})


class Ids(HTMLParser):
    """The ids of a page, and those that something refers to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.feed(re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        self.references |= set((given.get("aria-describedby") or "").split())
        if tag == "label":
            self.references.add(given["for"])


@pytest.fixture
def refused():
    return ExampleForm({}), lines(**{"lines-0-amount": "abc", "lines-1-description": "x"})


def test_errors_come_in_the_order_of_the_page_with_the_rows_in_their_place(refused):
    form, formset = refused
    targets = [item.href for item in error_items(form, formset)]
    assert targets == [
        "#id_name",
        "#id_goal",
        "#id_starts_on",
        "#id_closes_at",
        "#id_groups_0",
        "#id_lines-0-description",
        "#id_lines-0-amount",
        "#id_lines-1-amount",
        "#id_score_0",
        "#id_pupils",
        "#id_quote",
        "#id_agreed",
    ]
    assert ErrorItem("Begroting, regel 1: Alleen cijfers.", "#id_lines-0-amount") in error_items(
        form, formset
    )


def test_a_message_about_the_whole_form_comes_first_and_links_to_nothing(refused):
    form, _ = refused
    form.add_error(None, "De ronde is gesloten.")
    assert error_items(form)[0] == ErrorItem("De ronde is gesloten.")


def test_every_reference_in_a_refused_form_exists_once(refused):
    found = Ids(page(*refused))
    assert sorted(found.ids) == sorted(set(found.ids))
    assert found.references <= set(found.ids)


def test_what_was_typed_stays(refused):
    assert 'value="abc"' in page(*refused)


def test_enter_presses_the_main_button_and_not_the_first_one(refused):
    html = page(*refused)
    first = re.search(r"<button[^>]*>", html)[0]
    assert 'name="next"' in first
    assert 'tabindex="-1"' in first


def test_no_field_uses_the_browsers_own_refusals(refused):
    html = page(*refused)
    assert "novalidate" in html
    assert not re.search(r"<(input|select|textarea)[^>]* required", html)
    assert 'type="number"' not in html
    assert 'maxlength="20"' not in html  # typing is never cut off


def test_optional_fields_say_so_and_required_ones_do_not(refused):
    html = page(*refused)
    assert html.count("(niet verplicht)") == 1


def test_the_total_of_a_column_is_made_by_the_server_too():
    formset = lines(**{"lines-0-amount": "1.250,50", "lines-1-amount": "x"})
    assert "€\N{NO-BREAK SPACE}1.250,50" in page(ExampleForm(), formset)


class NotationForm(NldsForm):
    amount = forms.DecimalField()
    day = forms.DateField()
    moment = forms.DateTimeField()


def test_dates_are_read_the_dutch_way():
    form = NotationForm({"amount": "1", "day": "1-9-2026", "moment": "31-05-2026 17:00"})
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2026, 9, 1)
    assert form.cleaned_data["moment"] == datetime(2026, 5, 31, 15, 0, tzinfo=UTC)


def test_dates_and_numbers_are_written_the_dutch_way():
    moment = datetime(2026, 5, 31, 15, 0, tzinfo=UTC)
    html = NotationForm(
        initial={"amount": Decimal("1250.50"), "day": date(2026, 9, 1), "moment": moment}
    ).as_p()
    assert 'value="1250,50"' in html
    assert 'value="01-09-2026"' in html
    assert 'value="31-05-2026 17:00"' in html


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1250", "1250"),
        ("1250,5", "1250.5"),
        ("1.250", "1250"),
        ("1.250,50", "1250.5"),
        ("-1.250.000", "-1250000"),
        ("0,25", "0.25"),
    ],
)
def test_a_point_groups_and_a_comma_divides(typed, read):
    field = NotationForm({"amount": typed})
    assert "amount" not in field.errors
    assert field.cleaned_data["amount"] == Decimal(read)


def test_a_field_that_is_added_later_is_dressed_as_well():
    form = NldsForm()
    form.fields["later"] = forms.CharField()
    assert "utrecht-textbox" in str(form["later"])
    assert str(form["later"]) == str(form["later"])


def test_a_date_is_typed_as_people_write_it():
    """A date picker of the browser speaks the language of the browser."""

    class Form(NldsForm):
        day = forms.DateField()

    html = str(Form(initial={"day": date(2026, 9, 1)})["day"])
    assert 'type="text"' in html
    assert 'value="01-09-2026"' in html
    assert Form({"day": "1-9-2026"}).is_valid()


# --- rows without JavaScript


def post(**data) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update({"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", **data})
    return query


def test_no_button_no_change():
    assert data_after_row_button(post(), "lines") is None


def test_adding_a_row_judges_nothing_yet():
    data = data_after_row_button(post(**{"lines-add": "1"}), "lines")
    formset = without_errors(Lines(data, prefix="lines"))
    assert len(formset.forms) == 3
    assert error_items(formset) == []
    assert "Fout:" not in page(ExampleForm(), formset)


def test_a_row_taken_away_is_marked_and_the_rest_is_numbered_anew():
    data = data_after_row_button(post(**{"lines-delete": "0", "lines-1-amount": "abc"}), "lines")
    formset = Lines(data, prefix="lines")
    assert [form.prefix for form in visible_rows(formset)] == ["lines-1"]
    assert {item.text.split(":")[0] for item in error_items(formset)} == {"Regel 1"}
    assert page(ExampleForm(), formset).count("data-kvk2-row hidden") == 1


def test_a_formset_tells_what_is_wrong_with_it_as_a_whole():
    strict = forms.formset_factory(LineForm, extra=0, min_num=1, validate_min=True)
    formset = strict({"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}, prefix="lines")
    assert [item.href for item in error_items(formset)] == ["#lines"]


# --- the answer


@pytest.fixture
def answer(rf, monkeypatch):
    """What `render_form` renders: the context and the status."""

    def render(request, template, context, status):
        return context, status

    monkeypatch.setattr("kvk2.nlds.shortcuts.render", render)
    return lambda **kwargs: render_form(rf.get("/"), "x.html", **kwargs)


def test_a_refused_form_answers_422_with_its_errors(answer, refused):
    context, status = answer(context={"step": 2}, forms=refused)
    assert status == 422
    assert len(context["error_items"]) == 12
    assert context["form"] is refused[0]
    assert context["formsets"] == {"lines": refused[1]}
    assert context["step"] == 2


def test_an_empty_form_answers_200(answer):
    context, status = answer(forms=[ExampleForm()])
    assert (context["error_items"], status) == ([], 200)
