from django.urls import path

from subsidies.views import settlement

urlpatterns_settlement = [
    path(
        "verleningen/<int:pk>/vaststellen/",
        settlement.determination_draft,
        name="determination_draft",
    ),
    path(
        "besluiten/<int:pk>/voornemen-vaststelling/",
        settlement.lowering_announce,
        name="lowering_announce",
    ),
    path("terugvorderingen/", settlement.recovery_list, name="recovery_list"),
    path("terugvorderingen/<int:pk>/", settlement.recovery_detail, name="recovery_detail"),
    path("terugvorderingen/<int:pk>/besluit/", settlement.recovery_draft, name="recovery_draft"),
    path(
        "terugvorderingen/<int:pk>/ontvangst/",
        settlement.recovery_receipt,
        name="recovery_receipt",
    ),
    path("terugvorderingen/<int:pk>/aanmanen/", settlement.recovery_remind, name="recovery_remind"),
    path(
        "terugvorderingen/<int:pk>/dwangbevel/",
        settlement.recovery_enforce,
        name="recovery_enforce",
    ),
    path("terugvorderingen/<int:pk>/uitstel/", settlement.recovery_defer, name="recovery_defer"),
    path("terugvorderingen/<int:pk>/beeindigen/", settlement.recovery_end, name="recovery_end"),
]
