from django.urls import path

from subsidies.views import acts

urlpatterns_acts = [
    path("besluiten/<int:pk>/later/", acts.act_detail, name="act_detail"),
    path("besluiten/<int:pk>/later/brief/", acts.act_preview, name="act_preview"),
    path("besluiten/<int:pk>/later/motivering/", acts.act_edit, name="act_edit"),
    path("besluiten/<int:pk>/later/voorleggen/", acts.act_check, name="act_check"),
    path("besluiten/<int:pk>/later/toetsen/", acts.act_approve, name="act_approve"),
    path("besluiten/<int:pk>/later/nemen/", acts.act_take, name="act_take"),
    path("besluiten/<int:pk>/later/vervallen/", acts.act_discard, name="act_discard"),
]
