from django.urls import path

from subsidies.views import completions, corrections, not_processing

urlpatterns_completeness = [
    path(
        "aanvragen/<int:pk>/aanvulling-vragen/",
        completions.completion_request,
        name="completion_request",
    ),
    path("aanvragen/<int:pk>/aanvullen/", corrections.correction_edit, name="correction_edit"),
    path(
        "aanvragen/<int:pk>/aanvullen/aanwezig/",
        corrections.correction_presence,
        name="correction_presence",
    ),
    path(
        "aanvragen/<int:pk>/aanvullen/weggooien/",
        corrections.correction_discard,
        name="correction_discard",
    ),
    path(
        "aanvragen/<int:pk>/aanvullen/stukken/",
        corrections.correction_upload,
        name="correction_upload",
    ),
    path(
        "aanvragen/<int:pk>/aanvullen/indienen/",
        corrections.correction_submit,
        name="correction_submit",
    ),
    path(
        "aanvragen/<int:pk>/niet-behandelen/", not_processing.not_processing, name="not_processing"
    ),
    path(
        "aanvragen/<int:pk>/niet-behandelen/opstellen/",
        not_processing.not_processing_draft,
        name="not_processing_draft",
    ),
    path(
        "aanvragen/<int:pk>/niet-behandelen/toetsen/",
        not_processing.not_processing_approve,
        name="not_processing_approve",
    ),
    path(
        "aanvragen/<int:pk>/niet-behandelen/nemen/",
        not_processing.not_processing_take,
        name="not_processing_take",
    ),
    path("aanvullingen/<int:pk>/", completions.correction_detail, name="correction_detail"),
    path("aanvullingen/stukken/<int:pk>/", corrections.correction_file, name="correction_file"),
    path(
        "aanvullingen/stukken/<int:pk>/verwijderen/",
        corrections.correction_file_remove,
        name="correction_file_remove",
    ),
]
