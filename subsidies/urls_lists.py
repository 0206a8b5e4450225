from django.urls import path

from subsidies.views import lists

urlpatterns_lists = [
    path("aanvragen/", lists.application_list, name="application_list"),
    path("aanvragen/kolommen/", lists.application_columns, name="application_columns"),
    path("aanvragen/bewaren/", lists.application_view_save, name="application_view_save"),
    path(
        "aanvragen/bewaard/<int:pk>/verwijderen/",
        lists.application_view_remove,
        name="application_view_remove",
    ),
    path("aanvragen/samen/", lists.application_bulk, name="application_bulk"),
]
