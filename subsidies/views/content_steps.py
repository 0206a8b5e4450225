"""The short steps: the part with its own amount, and state aid."""

from dataclasses import replace

from django.http import QueryDict
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from subsidies.application_page import ApplicationPage
from subsidies.forms.content_steps import StateAidForm, SubApplicationForm, answer_of
from subsidies.models import Application
from subsidies.services import state_aid_statements, sub_applications
from subsidies.services.applications import Step, unparsed_of
from subsidies.views.steps import Forms, StepView, fill_step, steps_url, travelling


@require_http_methods(["GET", "POST"])
def application_sub(request, pk):
    return fill_step(request, pk, SUB_APPLICATION)


@require_http_methods(["GET", "POST"])
def application_state_aid(request, pk):
    return fill_step(request, pk, STATE_AID)


def _sub_forms(page: ApplicationPage, data: QueryDict | None) -> Forms:
    application, sub = page.application, page.content.sub
    stored = {}
    if sub is not None:
        stored = {
            "wanted": answer_of(sub.wanted),
            "title": sub.title,
            "description": sub.description,
            "amount": sub.amount,
            "young_child": answer_of(sub.young_child),
        }
    initial = {
        **stored,
        **unparsed_of(application, Step.SUB_APPLICATION),
        **travelling(application, Step.SUB_APPLICATION),
    }
    return [
        SubApplicationForm(
            data,
            initial=initial,
            name=application.round.sub_application_name,
            back_url=steps_url(application),
        )
    ]


def _save_sub(application: Application, forms: Forms) -> Application:
    return sub_applications.save_sub_application(application, forms[0].typed(), at=timezone.now())


def _aid_forms(page: ApplicationPage, data: QueryDict | None) -> Forms:
    application, statement = page.application, page.content.state_aid
    stored = {}
    if statement is not None:
        stored = {
            "reaches_undertaking": answer_of(statement.reaches_undertaking),
            "undertaking": statement.undertaking,
            "purpose": statement.purpose,
            "received_before": answer_of(statement.received_before),
            **{f"year_{row.year}": row.amount for row in page.content.de_minimis},
        }
    initial = {
        **stored,
        **unparsed_of(application, Step.STATE_AID),
        **travelling(application, Step.STATE_AID),
    }
    return [
        StateAidForm(
            data,
            initial=initial,
            years=state_aid_statements.years_of(timezone.localdate(page.now)),
            back_url=steps_url(application),
        )
    ]


def _save_aid(application: Application, forms: Forms) -> Application:
    form = forms[0]
    typed = form.typed()
    values = dict(typed.values)
    amounts = {year: values.pop(f"year_{year}") for year in form.years}
    return state_aid_statements.save_state_aid(
        application,
        replace(typed, values=values),
        {year: amount for year, amount in amounts.items() if amount is not None},
        at=timezone.now(),
    )


SUB_APPLICATION = StepView(
    Step.SUB_APPLICATION, _sub_forms, _save_sub, "subsidies/application_sub.html"
)
STATE_AID = StepView(Step.STATE_AID, _aid_forms, _save_aid, "subsidies/application_state_aid.html")
