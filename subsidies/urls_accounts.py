from django.urls import path

from subsidies.views import account_checks, accounts

urlpatterns_accounts = [
    path("verantwoordingen/", accounts.account_list, name="account_list"),
    path("verantwoordingen/<int:pk>/", accounts.account_detail, name="account_detail"),
    path(
        "verantwoordingen/<int:pk>/activiteiten/",
        accounts.account_activities,
        name="account_activities",
    ),
    path("verantwoordingen/<int:pk>/begroting/", accounts.account_budget, name="account_budget"),
    path("verantwoordingen/<int:pk>/stukken/", accounts.account_files, name="account_files"),
    path(
        "verantwoordingen/<int:pk>/stukken/<int:file_pk>/",
        accounts.account_file,
        name="account_file",
    ),
    path(
        "verantwoordingen/<int:pk>/stukken/<int:file_pk>/weghalen/",
        accounts.account_file_remove,
        name="account_file_remove",
    ),
    path("verantwoordingen/<int:pk>/ondertekenen/", accounts.account_sign, name="account_sign"),
    path("verantwoordingen/<int:pk>/oppakken/", account_checks.account_check, name="account_check"),
    path("verantwoordingen/<int:pk>/aanvulling/", account_checks.account_ask, name="account_ask"),
    path("verantwoordingen/<int:pk>/oordeel/", account_checks.account_judge, name="account_judge"),
    path("verantwoordingen/<int:pk>/termijn/", account_checks.account_term, name="account_term"),
]
