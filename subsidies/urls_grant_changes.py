from django.urls import path

from subsidies.views import grant_changes

urlpatterns_grant_changes = [
    path(
        "verleningen/<int:pk>/voornemen/", grant_changes.grant_intent_new, name="grant_intent_new"
    ),
    path("verleningen/<int:pk>/wijzigen/", grant_changes.grant_change, name="grant_change"),
    path("voornemens/<int:pk>/", grant_changes.grant_intent, name="grant_intent"),
]
