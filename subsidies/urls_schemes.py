from django.urls import path

from subsidies.views import legal_figures, schemes

urlpatterns_schemes = [
    path("regelingen/", schemes.scheme_list, name="scheme_list"),
    path("regelingen/nieuw/", schemes.scheme_create, name="scheme_create"),
    path("regelingen/bedragen/", legal_figures.legal_figure_list, name="legal_figure_list"),
    path(
        "regelingen/bedragen/<slug:slug>/nieuw/",
        legal_figures.legal_figure_new,
        name="legal_figure_new",
    ),
    path(
        "regelingen/bedragen/<slug:slug>/<int:pk>/weghalen/",
        legal_figures.legal_figure_withdraw,
        name="legal_figure_withdraw",
    ),
    path("regelingen/<int:pk>/", schemes.scheme_detail, name="scheme_detail"),
    path(
        "regelingen/<int:pk>/nieuwe-versie/",
        schemes.scheme_version_create,
        name="scheme_version_create",
    ),
    path(
        "regelingen/versies/<int:pk>/", schemes.scheme_version_detail, name="scheme_version_detail"
    ),
    path(
        "regelingen/versies/<int:pk>/onderdeel/<slug:slug>/",
        schemes.scheme_section_edit,
        name="scheme_section_edit",
    ),
    path(
        "regelingen/versies/<int:pk>/verschil/<int:other>/",
        schemes.scheme_version_compare,
        name="scheme_version_compare",
    ),
    path(
        "regelingen/versies/<int:pk>/voorbeeldbrief/<slug:kind>/",
        schemes.scheme_sample_letter,
        name="scheme_sample_letter",
    ),
    path(
        "regelingen/versies/<int:pk>/proefbegroting/",
        schemes.scheme_budget_trial,
        name="scheme_budget_trial",
    ),
    path(
        "regelingen/versies/<int:pk>/in-werking/",
        schemes.scheme_version_in_force,
        name="scheme_version_in_force",
    ),
    path(
        "regelingen/versies/<int:pk>/weggooien/",
        schemes.scheme_version_discard,
        name="scheme_version_discard",
    ),
]
