from django.urls import path, re_path

from monitoring.api.endpoints import api
from monitoring.urls_pdca import urlpatterns as pdca_patterns
from monitoring.views import (
    benchmarks,
    cycle_steps,
    cycles,
    dashboards,
    dimensions,
    distribution,
    editions,
    evidence,
    imports,
    recommendations,
    report_life,
    reports,
    return_list,
    return_steps,
    returns,
    sent_reports,
    staffing,
    tokens,
)

app_name = "monitoring"


def open_to_machines(urls):
    """A machine has a key and no session: nobody leads it to the login page."""
    patterns, app, namespace = urls
    for pattern in patterns:
        pattern.callback.login_required = False
    return patterns, app, namespace


urlpatterns = [
    path("monitoring/", cycles.cycle_list, name="cycle_list"),
    path("monitoring/dashboard/", dashboards.dashboard, name="dashboard"),
    path("resultaatafspraken/versies/<int:pk>/uren/", staffing.version_hours, name="version_hours"),
    path(
        "resultaatafspraken/functies/<int:pk>/uren-vastleggen/",
        staffing.hours_record,
        name="hours_record",
    ),
    path("ikcs/<int:pk>/cijfers/", dashboards.ikc_figures, name="ikc_figures"),
    path("monitoring/plannen/", cycles.cycle_plan, name="cycle_plan"),
    path("monitoring/uitsplitsingen/", dimensions.dimension_list, name="dimension_list"),
    path(
        "monitoring/uitsplitsingen/toevoegen/",
        dimensions.dimension_create,
        name="dimension_create",
    ),
    path("monitoring/uitsplitsingen/<int:pk>/", dimensions.dimension_edit, name="dimension_edit"),
    path(
        "monitoring/<int:pk>/aanbevelingen/",
        recommendations.recommendation_list,
        name="recommendation_list",
    ),
    path(
        "monitoring/<int:pk>/aanbevelingen/nieuw/",
        recommendations.recommendation_add,
        name="recommendation_add",
    ),
    path(
        "monitoring/aanbevelingen/<int:pk>/wijzigen/",
        recommendations.recommendation_edit,
        name="recommendation_edit",
    ),
    path(
        "monitoring/aanbevelingen/<int:pk>/verwijderen/",
        recommendations.recommendation_remove,
        name="recommendation_remove",
    ),
    path(
        "monitoring/aanbevelingen/<int:pk>/antwoord/",
        recommendations.recommendation_answer,
        name="recommendation_answer",
    ),
    path("monitoring/vergelijkingscijfers/", benchmarks.benchmark_list, name="benchmark_list"),
    path(
        "monitoring/vergelijkingscijfers/toevoegen/",
        benchmarks.benchmark_create,
        name="benchmark_create",
    ),
    path(
        "monitoring/vergelijkingscijfers/<int:pk>/",
        benchmarks.benchmark_edit,
        name="benchmark_edit",
    ),
    path("monitoring/<int:pk>/", cycles.cycle_detail, name="cycle_detail"),
    path("monitoring/<int:pk>/aanleveringen/", return_list.return_list, name="return_list"),
    path("monitoring/<int:pk>/export/", cycles.cycle_export, name="cycle_export"),
    path("monitoring/<int:pk>/openen/", cycles.cycle_open, name="cycle_open"),
    path("monitoring/<int:pk>/sluiten/", cycles.cycle_close, name="cycle_close"),
    path("monitoring/<int:pk>/stap/<slug:step>/", cycle_steps.cycle_step, name="cycle_step"),
    path("monitoring/<int:pk>/vaststellen/", cycle_steps.cycle_adopt, name="cycle_adopt"),
    path(
        "monitoring/<int:pk>/cijfers-vaststellen/", cycle_steps.returns_adopt, name="returns_adopt"
    ),
    path("monitoring/<int:pk>/rapporten-bestellen/", reports.batch_order, name="batch_order"),
    path("aanleveringen/<int:pk>/", returns.return_detail, name="return_detail"),
    path("aanleveringen/<int:pk>/indienen/", return_steps.return_submit, name="return_submit"),
    path(
        "aanleveringen/<int:pk>/teruggeven/", return_steps.return_send_back, name="return_send_back"
    ),
    path("aanleveringen/<int:pk>/goedkeuren/", return_steps.return_check, name="return_check"),
    path("aanleveringen/<int:pk>/vaststellen/", return_steps.return_adopt, name="return_adopt"),
    path("aanleveringen/<int:pk>/heropenen/", return_steps.return_reopen, name="return_reopen"),
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
    path(
        "aanleveringen/<int:pk>/indicator/<int:indicator_pk>/bewijs/",
        evidence.evidence_add,
        name="evidence_add",
    ),
    path("bewijs/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("bewijs/<int:pk>/verwijderen/", evidence.evidence_remove, name="evidence_remove"),
    path("monitoring/<int:pk>/invulbestand/", imports.fill_in_file, name="fill_in_file"),
    path("monitoring/<int:pk>/bestanden/", imports.import_list, name="import_list"),
    path("monitoring/<int:pk>/bestanden/inlezen/", imports.import_add, name="import_add"),
    path("bestanden/<int:pk>/", imports.import_detail, name="import_detail"),
    path("bestanden/<int:pk>/voortgang/", imports.import_progress, name="import_progress"),
    path("bestanden/<int:pk>/fouten/", imports.import_errors, name="import_errors"),
    path("bestanden/<int:pk>/bevestigen/", imports.import_confirm, name="import_confirm"),
    path("bestanden/<int:pk>/weggooien/", imports.import_discard, name="import_discard"),
    path("api/v1/", open_to_machines(api.urls)),
    path("monitoring/koppeling/", tokens.link_guide, name="link_guide"),
    path("monitoring/koppeling/openapi/", tokens.link_openapi, name="link_openapi"),
    path("monitoring/<int:pk>/koppeling/", tokens.token_list, name="token_list"),
    path("monitoring/<int:pk>/koppeling/sleutel/", tokens.token_make, name="token_make"),
    path("sleutels/<int:pk>/intrekken/", tokens.token_revoke, name="token_revoke"),
    path("rapporten/", reports.report_list, name="report_list"),
    path("rapporten/bestelling/<int:pk>/", reports.batch_detail, name="batch_detail"),
    path("rapporten/bestelling/<int:pk>/voortgang/", reports.batch_progress, name="batch_progress"),
    path("rapporten/bestelling/<int:pk>/alles/", reports.batch_download, name="batch_download"),
    path("rapporten/bestelling/<int:pk>/stoppen/", report_life.batch_cancel, name="batch_cancel"),
    path(
        "rapporten/bestelling/<int:pk>/voorleggen/", report_life.hearing_start, name="hearing_start"
    ),
    path("rapporten/bestelling/<int:pk>/vaststellen/", report_life.batch_adopt, name="batch_adopt"),
    path(
        "rapporten/bestelling/<int:pk>/publiceren/", report_life.batch_publish, name="batch_publish"
    ),
    path("rapporten/<int:pk>/", report_life.report_detail, name="report_detail"),
    path("rapporten/<int:pk>/lezen/", editions.report_read, name="report_read"),
    re_path(
        r"^rapporten/(?P<pk>\d+)/gegevens\.(?P<form>csv|json)$",
        editions.report_data,
        name="report_data",
    ),
    path("monitoring/<int:pk>/methode/", editions.method, name="method"),
    path("monitoring/<int:pk>/methode/pdf/", editions.method_pdf, name="method_pdf"),
    path("jaarrapporten/", editions.public_report_list, name="public_report_list"),
    path("jaarrapporten/<int:pk>/", editions.public_report, name="public_report"),
    path("jaarrapporten/<int:pk>/pdf/", editions.public_report_pdf, name="public_report_pdf"),
    re_path(
        r"^jaarrapporten/(?P<pk>\d+)/gegevens\.(?P<form>csv|json)$",
        editions.public_report_data,
        name="public_report_data",
    ),
    path(
        "rapporten/<int:pk>/verzending/",
        distribution.report_distribution,
        name="report_distribution",
    ),
    path(
        "rapporten/<int:pk>/verzending/toevoegen/",
        distribution.recipient_add,
        name="recipient_add",
    ),
    path(
        "rapporten/<int:pk>/verzending/opnieuw/", distribution.report_resend, name="report_resend"
    ),
    path(
        "ontvangers/<int:pk>/intrekken/",
        distribution.recipient_withdraw,
        name="recipient_withdraw",
    ),
    path("rapporten/<int:pk>/ontvangen/", distribution.report_receipt, name="report_receipt"),
    path("ontvangen/<str:token>/", sent_reports.sent_report, name="sent_report"),
    path("ontvangen/<str:token>/lezen/", sent_reports.sent_report_read, name="sent_report_read"),
    path("ontvangen/<str:token>/pdf/", sent_reports.sent_report_pdf, name="sent_report_pdf"),
    path("rapporten/<int:pk>/reageren/", report_life.report_react, name="report_react"),
    path(
        "rapporten/<int:pk>/versie/<int:number>/pdf/", reports.report_version, name="report_version"
    ),
    path("rapporten/<int:pk>/pdf/", reports.report_download, name="report_download"),
    path("rapporten/<int:pk>/opnieuw/", reports.report_retry, name="report_retry"),
    *pdca_patterns,
]
