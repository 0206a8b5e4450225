from django.urls import path

from subsidies.views import completions, not_processing

urlpatterns_completeness = [
    path(
        "aanvragen/<int:pk>/aanvulling-vragen/",
        completions.completion_request,
        name="completion_request",
    ),
    path("aanvragen/<int:pk>/aanvullen/", completions.correction_edit, name="correction_edit"),
    path(
        "aanvragen/<int:pk>/aanvullen/stukken/",
        completions.correction_upload,
        name="correction_upload",
    ),
    path(
        "aanvragen/<int:pk>/aanvullen/indienen/",
        completions.correction_submit,
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
    path("aanvullingen/stukken/<int:pk>/", completions.correction_file, name="correction_file"),
    path(
        "aanvullingen/stukken/<int:pk>/verwijderen/",
        completions.correction_file_remove,
        name="correction_file_remove",
    ),
]
