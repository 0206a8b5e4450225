from django.urls import path

from subsidies.views import calendar, lists, round_overview

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
    path("rondes/<int:pk>/overzicht/", round_overview.round_overview, name="round_overview"),
    path(
        "rondes/<int:pk>/overzicht/<slug:name>/<slug:kind>/",
        round_overview.round_picture,
        name="round_picture",
    ),
    path("rondes/<int:pk>/agenda/", calendar.round_dates, name="round_dates"),
    path("agenda/", calendar.calendar, name="calendar"),
    path("agenda/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
]
