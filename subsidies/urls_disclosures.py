from django.urls import path

from subsidies.views import disclosures

ONE = "verstrekkingen/<int:pk>/"

urlpatterns_disclosures = [
    path(
        "bezwaren/<int:pk>/stukken-van-de-ronde/",
        disclosures.objection_disclosure,
        name="objection_disclosure",
    ),
    path("rondes/<int:pk>/openbaar-maken/", disclosures.disclosure_list, name="disclosure_list"),
    path(
        "rondes/<int:pk>/openbaar-maken/beginnen/",
        disclosures.disclosure_woo,
        name="disclosure_woo",
    ),
    path(ONE, disclosures.disclosure_detail, name="disclosure_detail"),
    path(f"{ONE}stukken/<int:document_pk>/", disclosures.disclosure_judge, name="disclosure_judge"),
    path(f"{ONE}voorstel/", disclosures.disclosure_accept, name="disclosure_accept"),
    path(f"{ONE}maken/", disclosures.disclosure_order, name="disclosure_order"),
    path(f"{ONE}akkoord-vragen/", disclosures.disclosure_propose, name="disclosure_propose"),
    path(f"{ONE}akkoord/", disclosures.disclosure_approve, name="disclosure_approve"),
    path(f"{ONE}teruggeven/", disclosures.disclosure_return, name="disclosure_return"),
    path(f"{ONE}geven/", disclosures.disclosure_give, name="disclosure_give"),
    path(f"{ONE}vervallen/", disclosures.disclosure_cancel, name="disclosure_cancel"),
    path(f"{ONE}bestand/", disclosures.disclosure_file, name="disclosure_file"),
]
