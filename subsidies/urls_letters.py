from django.urls import path

from subsidies.views import deliveries, letter_templates

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
    path("e-mail/", deliveries.mail_list, name="mail_list"),
    path("e-mail/<int:pk>/opnieuw/", deliveries.mail_retry, name="mail_retry"),
    path("berichten/<int:pk>/bewijs/", deliveries.message_proof, name="message_proof"),
    path("berichten/<int:pk>/teruggekomen/", deliveries.message_bounce, name="message_bounce"),
    path("berichten/<int:pk>/opnieuw/", deliveries.message_again, name="message_again"),
    path("berichten/<int:pk>/papier/", deliveries.message_paper, name="message_paper"),
]
