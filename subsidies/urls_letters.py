from django.urls import path

from subsidies.views import letter_templates

urlpatterns_letters = [
    path("brieven/teksten/", letter_templates.letter_text_list, name="letter_text_list"),
    path("brieven/teksten/<str:code>/", letter_templates.letter_text, name="letter_text"),
    path(
        "brieven/teksten/<str:code>/wijzigen/",
        letter_templates.letter_text_edit,
        name="letter_text_edit",
    ),
    path(
        "brieven/teksten/<str:code>/standaardtekst/",
        letter_templates.letter_text_standard,
        name="letter_text_standard",
    ),
    path(
        "brieven/teksten/<str:code>/versies/<int:number>/",
        letter_templates.letter_text_compare,
        name="letter_text_compare",
    ),
    path(
        "brieven/teksten/<str:code>/voorbeeld/",
        letter_templates.letter_text_example,
        name="letter_text_example",
    ),
]
