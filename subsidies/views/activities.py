"""The step 'Activiteiten' of an application."""

from django.http import QueryDict
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from subsidies.application_page import ApplicationPage
from subsidies.forms.activities import (
    ROWS,
    ActivitiesForm,
    ActivityFormSet,
    activity_initial,
)
from subsidies.models import Application
from subsidies.services import activities as services
from subsidies.services.applications import Step, unparsed_of
from subsidies.views.steps import Forms, StepView, fill_step, steps_url, travelling


@require_http_methods(["GET", "POST"])
def application_activities(request, pk):
    return fill_step(request, pk, ACTIVITIES)


def _forms(page: ApplicationPage, data: QueryDict | None) -> Forms:
    application = page.application
    form = ActivitiesForm(
        data,
        initial=travelling(application, Step.ACTIVITIES),
        back_url=steps_url(application),
    )
    if data is not None:
        return [form, ActivityFormSet(data, prefix=ROWS)]
    initial = activity_initial(page.content.activities, unparsed_of(application, Step.ACTIVITIES))
    return [form, ActivityFormSet(initial=initial, prefix=ROWS)]


def _save(application: Application, forms: Forms) -> Application:
    form, rows = forms
    typed = form.typed()
    return services.save_activities(
        application, typed, rows.contents_of(typed.page), at=timezone.now()
    )


ACTIVITIES = StepView(
    Step.ACTIVITIES,
    _forms,
    _save,
    "subsidies/application_activities.html",
    row_prefixes=(ROWS,),
)
