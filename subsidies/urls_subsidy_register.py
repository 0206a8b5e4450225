from django.urls import path

from subsidies.views import public_register, subsidy_register

_MANAGE = "subsidieregister/beheer/"

urlpatterns_subsidy_register = [
    path("subsidieregister/", public_register.public_register, name="public_register"),
    path(
        "subsidieregister/subsidieregister.csv",
        public_register.public_register_csv,
        name="public_register_csv",
    ),
    path(
        "subsidieregister/subsidieregister.json",
        public_register.public_register_json,
        name="public_register_json",
    ),
    path(
        "subsidieregister/overzicht/<int:year>/",
        public_register.public_register_overview,
        name="public_register_overview",
    ),
    path(
        "subsidieregister/besluiten/<slug:code>/",
        public_register.public_register_entry,
        name="public_register_entry",
    ),
    path(_MANAGE, subsidy_register.subsidy_register, name="subsidy_register"),
    path(
        f"{_MANAGE}openbaar-maken/",
        subsidy_register.subsidy_register_publish,
        name="subsidy_register_publish",
    ),
    path(
        f"{_MANAGE}<int:pk>/",
        subsidy_register.subsidy_register_entry,
        name="subsidy_register_entry",
    ),
    path(f"{_MANAGE}<int:pk>/tekst/", subsidy_register.register_edit, name="register_edit"),
    path(
        f"{_MANAGE}<int:pk>/openbaar-maken/",
        subsidy_register.register_publish,
        name="register_publish",
    ),
    path(
        f"{_MANAGE}<int:pk>/niet-openbaar/",
        subsidy_register.register_keep_back,
        name="register_keep_back",
    ),
    path(
        f"{_MANAGE}<int:pk>/bedenking/",
        subsidy_register.register_objection,
        name="register_objection",
    ),
    path(
        f"{_MANAGE}<int:pk>/bedenking/oordeel/",
        subsidy_register.register_objection_verdict,
        name="register_objection_verdict",
    ),
]
