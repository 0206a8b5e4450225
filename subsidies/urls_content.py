"""The pages about what an application contains."""

from django.urls import path

from subsidies.views import activities, content_steps, origins, partners

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
    path(
        "aanvragen/<int:pk>/invullen/cijfers/",
        origins.application_figures,
        name="application_figures",
    ),
    path(
        "aanvragen/<int:pk>/invullen/overdragen/",
        origins.application_hand_over,
        name="application_hand_over",
    ),
    path(
        "aanvragen/<int:pk>/verschillen/",
        origins.application_differences,
        name="application_differences",
    ),
    path("aanvragen/<int:pk>/akkoord/", partners.application_confirm, name="application_confirm"),
]
