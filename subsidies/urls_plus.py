from django.urls import path

from subsidies.views import plus

urlpatterns_plus = [
    path("ikcs/<int:pk>/predicaat/", plus.plus_letters, name="plus_letters"),
    path("predicaten/<int:pk>/brief/", plus.plus_letter_draft, name="plus_letter_draft"),
    path(
        "predicaten/brieven/<int:pk>/ondertekenen/", plus.plus_letter_sign, name="plus_letter_sign"
    ),
    path("predicaten/brieven/<int:pk>/", plus.plus_letter_file, name="plus_letter_file"),
]
