from django.urls import path

from subsidies.views import (
    admission,
    application_print,
    applications,
    attachments,
    round_deeds,
    round_steps,
    rounds,
    steps,
)

urlpatterns_intake = [
    path("rondes/", rounds.round_list, name="round_list"),
    path("rondes/nieuw/", round_steps.round_create, name="round_create"),
    path("rondes/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rondes/<int:pk>/wijzigen/", round_steps.round_edit, name="round_edit"),
    path("rondes/<int:pk>/wijzigen/<slug:step>/", round_steps.round_step, name="round_step"),
    path(
        "rondes/<int:pk>/wijzigen/<slug:step>/voorbeeld/",
        round_steps.round_step_preview,
        name="round_step_preview",
    ),
    path("rondes/<int:pk>/vaststellen/", rounds.round_adopt, name="round_adopt"),
    path("rondes/<int:pk>/publiceren/", rounds.round_publish, name="round_publish"),
    path("rondes/<int:pk>/annuleren/", rounds.round_cancel, name="round_cancel"),
    path("rondes/<int:pk>/collegebesluit/", round_deeds.round_decision, name="round_decision"),
    path("rondes/<int:pk>/bekendmaking/", round_deeds.round_publication, name="round_publication"),
    path("rondes/<int:pk>/geschiedenis/", round_deeds.round_history, name="round_history"),
    path("rondes/<int:pk>/kopieren/", round_deeds.round_copy, name="round_copy"),
    path("rondes/<int:pk>/gekopieerd/", round_deeds.round_copied, name="round_copied"),
    path("rondes/<int:pk>/plafond/", round_deeds.round_ceiling, name="round_ceiling"),
    path("rondes/<int:pk>/archiveren/", round_deeds.round_archive, name="round_archive"),
    path("rondes/<int:pk>/beoordeling-starten/", rounds.round_assess, name="round_assess"),
    path("rondes/<int:pk>/aanvragen/", applications.application_start, name="application_start"),
    path("aanvragen/<int:pk>/", applications.application_detail, name="application_detail"),
    path(
        "aanvragen/<int:pk>/afdrukken/",
        application_print.application_print,
        name="application_print",
    ),
    path(
        "aanvragen/<int:pk>/ontvangst/",
        applications.application_receipt,
        name="application_receipt",
    ),
    path(
        "aanvragen/<int:pk>/intrekken/",
        applications.application_withdraw,
        name="application_withdraw",
    ),
    path("aanvragen/<int:pk>/controle/", admission.application_check, name="application_check"),
    path("aanvragen/<int:pk>/invullen/", steps.application_steps, name="application_steps"),
    path(
        "aanvragen/<int:pk>/invullen/gegevens/",
        steps.application_details,
        name="application_details",
    ),
    path("aanvragen/<int:pk>/invullen/plan/", steps.application_plan, name="application_plan"),
    path(
        "aanvragen/<int:pk>/invullen/begroting/",
        steps.application_budget,
        name="application_budget",
    ),
    path(
        "aanvragen/<int:pk>/invullen/<str:step>/wie/",
        steps.application_presence,
        name="application_presence",
    ),
    path(
        "aanvragen/<int:pk>/invullen/bijlagen/",
        attachments.application_attachments,
        name="application_attachments",
    ),
    path(
        "aanvragen/<int:pk>/invullen/ondertekenen/",
        applications.application_sign,
        name="application_sign",
    ),
    path(
        "aanvragen/<int:pk>/invullen/bijlagen/bestanden/",
        attachments.application_files,
        name="application_files",
    ),
    path("bijlagen/<int:pk>/", attachments.attachment_download, name="attachment_download"),
    path(
        "bijlagen/verwijderd/<int:pk>/terugzetten/",
        attachments.attachment_restore,
        name="attachment_restore",
    ),
    path("bijlagen/<int:pk>/verwijderen/", attachments.attachment_remove, name="attachment_remove"),
]
