from django.urls import path

from subsidies.views import obligations

urlpatterns_obligations = [
    path("verplichtingen/", obligations.obligation_list, name="obligation_list"),
    path("verplichtingen/<int:pk>/", obligations.obligation_detail, name="obligation_detail"),
    path(
        "verplichtingen/<int:pk>/bewijs/",
        obligations.obligation_evidence,
        name="obligation_evidence",
    ),
    path(
        "verplichtingen/<int:pk>/oordeel/",
        obligations.obligation_verdict,
        name="obligation_verdict",
    ),
    path(
        "verplichtingen/<int:pk>/vervallen/", obligations.obligation_waive, name="obligation_waive"
    ),
    path(
        "verplichtingen/<int:pk>/stukken/<int:file_pk>/",
        obligations.obligation_file,
        name="obligation_file",
    ),
]
