"""The pages about what an application contains."""

from django.urls import path

from subsidies.views import activities

urlpatterns_content = [
    path(
        "aanvragen/<int:pk>/invullen/activiteiten/",
        activities.application_activities,
        name="application_activities",
    ),
]
