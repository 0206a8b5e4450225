from django.urls import path

from ikc.views import (
    accounts,
    areas,
    bank_accounts,
    centres,
    child_counts,
    consent,
    downloads,
    notices,
    organisations,
    own_data,
)

app_name = "ikc"

urlpatterns = [
    path("ikcs/", centres.ikc_list, name="ikc_list"),
    path("ikcs/<int:pk>/", centres.ikc_detail, name="ikc_detail"),
    path("ikcs/<int:pk>/wijzigen/", centres.ikc_edit, name="ikc_edit"),
    path("ikcs/<int:pk>/partner-toevoegen/", centres.partner_add, name="partner_add"),
    path("ikcs/partners/<int:pk>/beeindigen/", centres.partner_end, name="partner_end"),
    path(
        "ikcs/samenvoegingen/<int:pk>/bevestigen/",
        centres.succession_confirm,
        name="succession_confirm",
    ),
    path(
        "ikcs/<int:pk>/kindertelling/<str:day>/invullen/",
        child_counts.child_count_enter,
        name="child_count_enter",
    ),
    path(
        "ikcs/<int:pk>/kindertelling/<str:day>/bevestigen/",
        child_counts.child_count_confirm,
        name="child_count_confirm",
    ),
    path("kindertellingen/", child_counts.child_count_list, name="child_count_list"),
    path(
        "kindertellingen/<str:day>/voorvullen/",
        child_counts.child_count_prefill,
        name="child_count_prefill",
    ),
    path(
        "kindertellingen/<int:pk>/betwisten/",
        child_counts.child_count_dispute,
        name="child_count_dispute",
    ),
    path(
        "kindertellingen/<int:pk>/beslissen/",
        child_counts.child_count_resolve,
        name="child_count_resolve",
    ),
    path("aandachtsgebieden/", areas.area_map, name="area_map"),
    path("organisaties/", organisations.organisation_list, name="organisation_list"),
    path("organisaties/<int:pk>/", organisations.organisation_detail, name="organisation_detail"),
    path(
        "organisaties/<int:pk>/digitale-post/",
        consent.organisation_consent,
        name="organisation_consent",
    ),
    path(
        "organisaties/<int:pk>/wijzigen/",
        organisations.organisation_edit,
        name="organisation_edit",
    ),
    path(
        "organisaties/<int:pk>/rekening/",
        bank_accounts.bank_account_detail,
        name="bank_account_detail",
    ),
    path(
        "organisaties/<int:pk>/rekening/doorgeven/",
        bank_accounts.bank_account_propose,
        name="bank_account_propose",
    ),
    path(
        "rekeningen/<int:pk>/controleren/",
        bank_accounts.bank_account_check,
        name="bank_account_check",
    ),
    path(
        "rekeningen/<int:pk>/afwijzen/",
        bank_accounts.bank_account_reject,
        name="bank_account_reject",
    ),
    path(
        "rekeningen/<int:pk>/bewijs/",
        bank_accounts.bank_account_proof,
        name="bank_account_proof",
    ),
    path("mijn-gegevens/", own_data.own_data, name="own_data"),
    path("mijn-gegevens/meldingen/", notices.notice_preferences, name="notice_preferences"),
    path("downloads/", downloads.download_list, name="download_list"),
    path("gebruikers/", accounts.user_list, name="user_list"),
    path("gebruikers/uitnodigen/", accounts.user_invite, name="user_invite"),
    path("gebruikers/<int:pk>/", accounts.user_detail, name="user_detail"),
    path("gebruikers/<int:pk>/wijzigen/", accounts.user_edit, name="user_edit"),
    path("gebruikers/<int:pk>/rol-geven/", accounts.role_add, name="role_add"),
    path("gebruikers/<int:pk>/machtiging-vastleggen/", accounts.mandate_add, name="mandate_add"),
    path("gebruikers/<int:pk>/blokkeren/", accounts.user_block, name="user_block"),
    path("gebruikers/<int:pk>/toegang-herstellen/", accounts.user_unblock, name="user_unblock"),
    path("rollen/<int:pk>/beeindigen/", accounts.role_end, name="role_end"),
    path("machtigingen/<int:pk>/beeindigen/", accounts.mandate_end, name="mandate_end"),
]
