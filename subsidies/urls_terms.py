from django.urls import path

from subsidies.views import application_terms

urlpatterns_terms = [
    path(
        "aanvragen/<int:pk>/termijnen/", application_terms.application_term, name="application_term"
    ),
    path(
        "aanvragen/<int:pk>/termijnen/langer-aanvullen/",
        application_terms.completion_extend,
        name="completion_extend",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/later-besluit/",
        application_terms.decision_later,
        name="decision_later",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/opschorting/",
        application_terms.clock_stop,
        name="clock_stop",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/opschorting/<int:stop_pk>/einde/",
        application_terms.clock_resume,
        name="clock_resume",
    ),
]
