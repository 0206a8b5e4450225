from django.urls import path

from subsidies.views import case_archive, retention

urlpatterns_retention = [
    path("archief/", retention.retention, name="retention"),
    path("archief/voorstellen/", retention.destruction_propose, name="destruction_propose"),
    path("archief/lijsten/<int:pk>/", retention.destruction_list, name="destruction_list"),
    path(
        "archief/lijsten/<int:pk>/regels/<int:line_pk>/",
        retention.destruction_judge,
        name="destruction_judge",
    ),
    path(
        "archief/lijsten/<int:pk>/ondertekenen/",
        retention.destruction_sign,
        name="destruction_sign",
    ),
    path(
        "archief/lijsten/<int:pk>/vervallen/",
        retention.destruction_discard,
        name="destruction_discard",
    ),
    path("aanvragen/<int:pk>/archief/", case_archive.case_archive, name="case_archive"),
    path("aanvragen/<int:pk>/archief/export/", case_archive.case_export, name="case_export"),
    path(
        "aanvragen/<int:pk>/archief/export/<int:export_pk>/",
        case_archive.case_export_file,
        name="case_export_file",
    ),
    path("aanvragen/<int:pk>/archief/bewaren/", case_archive.case_hold, name="case_hold"),
    path("aanvragen/<int:pk>/archief/vrijgeven/", case_archive.case_release, name="case_release"),
]
