from django.urls import path

from agreements import views

app_name = "agreements"

_VERSION = "resultaatafspraken/versies/<int:pk>/"
_RESULT = "resultaatafspraken/resultaten/<int:pk>/"
_INDICATOR = "resultaatafspraken/indicatoren/<int:pk>/"
_MEANS = "resultaatafspraken/inzet/<slug:kind>/<int:pk>/"
_PARTY = "resultaatafspraken/partijen/<int:pk>/"
_COMMENT = "resultaatafspraken/opmerkingen/<int:pk>/"

urlpatterns = [
    path("resultaatafspraken/", views.agreement_list, name="agreement_list"),
    path("resultaatafspraken/nieuw/", views.agreement_create, name="agreement_create"),
    path("resultaatafspraken/sjablonen/", views.template_list, name="template_list"),
    path(
        "resultaatafspraken/sjablonen/<int:pk>/intrekken/",
        views.template_retire,
        name="template_retire",
    ),
    path("resultaatafspraken/standaardbepalingen/", views.clause_list, name="clause_list"),
    path(
        "resultaatafspraken/standaardbepalingen/<slug:code>/",
        views.clause_edit,
        name="clause_edit",
    ),
    path(f"{_VERSION}sjabloon-maken/", views.template_create, name="template_create"),
    path("resultaatafspraken/<int:pk>/", views.agreement_detail, name="agreement_detail"),
    path("resultaatafspraken/<int:pk>/nieuwe-versie/", views.version_create, name="version_create"),
    path("financiele-dekking/", views.cover, name="cover"),
    path("financiele-dekking/bedrag/", views.budget_edit, name="budget_edit"),
    path("financiele-dekking/<int:year>/", views.cover_year, name="cover_year"),
    path(
        "financiele-dekking/<int:year>/afsluiten/",
        views.budget_year_close,
        name="budget_year_close",
    ),
    path(f"{_VERSION}inbreng/", views.version_pledges, name="version_pledges"),
    path(
        "resultaatafspraken/bijdragen/<int:pk>/bevestigen/",
        views.contribution_confirm,
        name="contribution_confirm",
    ),
    path(
        "resultaatafspraken/bijdragen/<int:pk>/inbreng/",
        views.contribution_realise,
        name="contribution_realise",
    ),
    path("indicatoren/", views.definition_list, name="definition_list"),
    path("indicatoren/nieuw/", views.definition_create, name="definition_create"),
    path("indicatoren/<int:pk>/", views.definition_detail, name="definition_detail"),
    path(
        "indicatoren/<int:pk>/nieuwe-versie/",
        views.definition_version_create,
        name="definition_version_create",
    ),
    path(_VERSION, views.version_detail, name="version_detail"),
    path(f"{_VERSION}samenvatting/", views.version_summary, name="version_summary"),
    path(f"{_VERSION}document/", views.version_document, name="version_document"),
    path(f"{_VERSION}looptijd/", views.version_frame, name="version_frame"),
    path(f"{_VERSION}partijen/", views.version_parties, name="version_parties"),
    path(f"{_VERSION}partijen/toevoegen/", views.party_create, name="party_create"),
    path(f"{_VERSION}doelen/", views.version_goals, name="version_goals"),
    path(
        f"{_VERSION}doelen/<int:goal_pk>/resultaat-toevoegen/",
        views.result_create,
        name="result_create",
    ),
    path(f"{_VERSION}inzet/", views.version_means, name="version_means"),
    path(f"{_VERSION}inzet/<slug:kind>/toevoegen/", views.means_create, name="means_create"),
    path(f"{_MEANS}wijzigen/", views.means_edit, name="means_edit"),
    path(f"{_MEANS}verwijderen/", views.means_delete, name="means_delete"),
    path(
        "resultaatafspraken/analyses/<int:pk>/bestand/", views.analysis_file, name="analysis_file"
    ),
    path(
        "resultaatafspraken/analyses/<int:pk>/bestand-toevoegen/",
        views.analysis_file_add,
        name="analysis_file_add",
    ),
    path(f"{_VERSION}bijdragen/", views.version_contributions, name="version_contributions"),
    path(f"{_VERSION}onderwerpen/", views.version_topics, name="version_topics"),
    path(f"{_VERSION}bepalingen/", views.version_clauses, name="version_clauses"),
    path(f"{_VERSION}evaluatie/", views.version_evaluate, name="version_evaluate"),
    path(f"{_VERSION}controle/", views.version_check, name="version_check"),
    path(f"{_VERSION}aanbieden/", views.version_offer, name="version_offer"),
    path(f"{_VERSION}terug-naar-overleg/", views.version_reopen, name="version_reopen"),
    path(f"{_VERSION}voorleggen/", views.version_lay, name="version_lay"),
    path(f"{_VERSION}verschillen/", views.version_differences, name="version_differences"),
    path(f"{_VERSION}gelezen/", views.version_read, name="version_read"),
    path(f"{_VERSION}opmerkingen/", views.version_comments, name="version_comments"),
    path(f"{_VERSION}opmerking/<slug:place>/", views.comment_create, name="comment_create"),
    path(
        f"{_VERSION}opmerking/<slug:place>/<slug:key>/",
        views.comment_create,
        name="comment_create",
    ),
    path(f"{_COMMENT}beantwoorden/", views.comment_answer, name="comment_answer"),
    path(f"{_COMMENT}afhandelen/", views.comment_settle, name="comment_settle"),
    path(f"{_VERSION}intrekken/", views.version_withdraw, name="version_withdraw"),
    path(f"{_RESULT}wijzigen/", views.result_edit, name="result_edit"),
    path(f"{_RESULT}verwijderen/", views.result_delete, name="result_delete"),
    path(f"{_RESULT}indicator-kiezen/", views.indicator_choose, name="indicator_choose"),
    path(
        f"{_RESULT}indicator-toevoegen/<int:definition_pk>/",
        views.indicator_create,
        name="indicator_create",
    ),
    path(f"{_INDICATOR}wijzigen/", views.indicator_edit, name="indicator_edit"),
    path(f"{_INDICATOR}verwijderen/", views.indicator_delete, name="indicator_delete"),
    path(f"{_PARTY}wijzigen/", views.party_edit, name="party_edit"),
    path(f"{_PARTY}verwijderen/", views.party_delete, name="party_delete"),
    path(f"{_PARTY}bijdrage-toevoegen/", views.contribution_create, name="contribution_create"),
    path(f"{_PARTY}akkoord/", views.party_agree, name="party_agree"),
    path(f"{_PARTY}ondertekend-document/", views.party_paper, name="party_paper"),
    path(f"{_PARTY}document/", views.signed_document, name="signed_document"),
    path(f"{_PARTY}opzeggen/", views.party_notice, name="party_notice"),
    path(f"{_PARTY}weigeren/", views.party_refuse, name="party_refuse"),
    path(f"{_PARTY}ondertekenen/", views.party_sign, name="party_sign"),
    path(
        "resultaatafspraken/bijdragen/<int:pk>/verwijderen/",
        views.contribution_delete,
        name="contribution_delete",
    ),
]
