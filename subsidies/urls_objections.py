from django.urls import path

from subsidies.views import objection_deeds, objections

urlpatterns_objections = [
    path("bezwaren/", objections.objection_list, name="objection_list"),
    path("bezwaren/<int:pk>/", objections.objection_detail, name="objection_detail"),
    path("bezwaren/<int:pk>/stukken/<str:kind>/", objections.objection_file, name="objection_file"),
    path(
        "bezwaren/<int:pk>/brieven/<str:code>/",
        objections.objection_letter,
        name="objection_letter",
    ),
    path("bezwaren/<int:pk>/hoorzitting.ics", objections.objection_ics, name="objection_ics"),
    path("besluiten/<int:pk>/bezwaar/", objections.objection_make, name="objection_make"),
    path(
        "besluiten/<int:pk>/bezwaar-registreren/",
        objections.objection_register,
        name="objection_register",
    ),
    path(
        "bezwaren/<int:pk>/bevestigen/",
        objection_deeds.objection_acknowledge,
        name="objection_acknowledge",
    ),
    path(
        "bezwaren/<int:pk>/ontvankelijkheid/",
        objection_deeds.objection_assess,
        name="objection_assess",
    ),
    path(
        "bezwaren/<int:pk>/aanvulling-vragen/",
        objection_deeds.objection_ask_repair,
        name="objection_ask_repair",
    ),
    path(
        "bezwaren/<int:pk>/aanvulling/", objection_deeds.objection_repair, name="objection_repair"
    ),
    path("bezwaren/<int:pk>/verdagen/", objection_deeds.objection_extend, name="objection_extend"),
    path(
        "bezwaren/<int:pk>/uitstel/",
        objection_deeds.objection_agree_delay,
        name="objection_agree_delay",
    ),
    path(
        "bezwaren/<int:pk>/hoorzitting/",
        objection_deeds.objection_hearing,
        name="objection_hearing",
    ),
    path(
        "bezwaren/<int:pk>/zonder-hoorzitting/",
        objection_deeds.objection_no_hearing,
        name="objection_no_hearing",
    ),
    path("bezwaren/<int:pk>/verslag/", objection_deeds.objection_report, name="objection_report"),
    path("bezwaren/<int:pk>/advies/", objection_deeds.objection_advise, name="objection_advise"),
    path(
        "bezwaren/<int:pk>/beslissing/",
        objection_deeds.objection_answer,
        name="objection_answer",
    ),
    path(
        "bezwaren/<int:pk>/intrekken/",
        objection_deeds.objection_withdraw,
        name="objection_withdraw",
    ),
    path("bezwaren/<int:pk>/beroep/", objection_deeds.objection_appeal, name="objection_appeal"),
    path(
        "bezwaren/<int:pk>/uitspraak/",
        objection_deeds.objection_appeal_outcome,
        name="objection_appeal_outcome",
    ),
]
