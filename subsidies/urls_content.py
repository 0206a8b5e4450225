"""The pages about what an application contains."""

from django.urls import path

from subsidies.views import activities, content_steps, partners

urlpatterns_content = [
    path(
        "aanvragen/<int:pk>/invullen/activiteiten/",
        activities.application_activities,
        name="application_activities",
    ),
    path(
        "aanvragen/<int:pk>/invullen/deelaanvraag/",
        content_steps.application_sub,
        name="application_sub",
    ),
    path(
        "aanvragen/<int:pk>/invullen/staatssteun/",
        content_steps.application_state_aid,
        name="application_state_aid",
    ),
    path(
        "aanvragen/<int:pk>/invullen/kinderopvang/",
        partners.application_partner,
        name="application_partner",
    ),
    path("aanvragen/<int:pk>/akkoord/", partners.application_confirm, name="application_confirm"),
]
