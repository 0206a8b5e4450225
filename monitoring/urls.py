from django.urls import path

from monitoring.views import cycles, reports, returns

app_name = "monitoring"

urlpatterns = [
    path("monitoring/", cycles.cycle_list, name="cycle_list"),
    path("monitoring/plannen/", cycles.cycle_plan, name="cycle_plan"),
    path("monitoring/<int:pk>/", cycles.cycle_detail, name="cycle_detail"),
    path("monitoring/<int:pk>/export/", cycles.cycle_export, name="cycle_export"),
    path("monitoring/<int:pk>/openen/", cycles.cycle_open, name="cycle_open"),
    path("monitoring/<int:pk>/sluiten/", cycles.cycle_close, name="cycle_close"),
    path("monitoring/<int:pk>/rapporten-bestellen/", reports.batch_order, name="batch_order"),
    path("aanleveringen/<int:pk>/", returns.return_detail, name="return_detail"),
    path("aanleveringen/<int:pk>/indienen/", returns.return_submit, name="return_submit"),
    path("aanleveringen/<int:pk>/teruggeven/", returns.return_send_back, name="return_send_back"),
    path(
        "aanleveringen/<int:pk>/indicator/<int:indicator_pk>/",
        returns.figure_edit,
        name="figure_edit",
    ),
    path(
        "aanleveringen/<int:pk>/indicator/<int:indicator_pk>/oordeel/",
        returns.figure_judge,
        name="figure_judge",
    ),
    path("rapporten/", reports.report_list, name="report_list"),
    path("rapporten/bestelling/<int:pk>/", reports.batch_detail, name="batch_detail"),
    path("rapporten/bestelling/<int:pk>/voortgang/", reports.batch_progress, name="batch_progress"),
    path("rapporten/bestelling/<int:pk>/alles/", reports.batch_download, name="batch_download"),
    path("rapporten/<int:pk>/pdf/", reports.report_download, name="report_download"),
    path("rapporten/<int:pk>/opnieuw/", reports.report_retry, name="report_retry"),
]
