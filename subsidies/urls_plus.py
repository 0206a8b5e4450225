from django.urls import path

from subsidies.views import plus, plus_deliveries

urlpatterns_plus = [
    path("ikcs/<int:pk>/predicaat/", plus.plus_letters, name="plus_letters"),
    path("predicaten/<int:pk>/brief/", plus.plus_letter_draft, name="plus_letter_draft"),
    path(
        "predicaten/brieven/<int:pk>/ondertekenen/", plus.plus_letter_sign, name="plus_letter_sign"
    ),
    path(
        "predicaten/brieven/<int:pk>/verzending/",
        plus_deliveries.plus_delivery,
        name="plus_delivery",
    ),
    path("predicaten/brieven/<int:pk>/bewijs/", plus_deliveries.plus_proof, name="plus_proof"),
    path("predicaten/brieven/<int:pk>/terug/", plus_deliveries.plus_bounce, name="plus_bounce"),
    path("predicaten/brieven/<int:pk>/opnieuw/", plus_deliveries.plus_again, name="plus_again"),
    path("predicaten/brieven/<int:pk>/papier/", plus_deliveries.plus_paper, name="plus_paper"),
    path("predicaten/brieven/<int:pk>/", plus.plus_letter_file, name="plus_letter_file"),
]
