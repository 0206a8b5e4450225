from django.urls import path

from subsidies.views import application_terms, default_notices, terms

urlpatterns_terms = [
    path("termijnen/", terms.term_list, name="term_list"),
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
    path(
        "aanvragen/<int:pk>/termijnen/ingebrekestelling/",
        default_notices.default_notice_record,
        name="default_notice_record",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/ingebrekestelling/<int:notice_pk>/",
        default_notices.default_notice,
        name="default_notice",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/ingebrekestelling/<int:notice_pk>/brief/",
        default_notices.default_notice_file,
        name="default_notice_file",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/ingebrekestelling/<int:notice_pk>/geen-dwangsom/",
        default_notices.default_notice_set_aside,
        name="default_notice_set_aside",
    ),
    path(
        "aanvragen/<int:pk>/termijnen/ingebrekestelling/<int:notice_pk>/dwangsom/",
        default_notices.penalty_fix,
        name="penalty_fix",
    ),
]
