from django.urls import path

from subsidies.views import outages

urlpatterns_outages = [
    path("rondes/<int:pk>/storingen/", outages.outage_record, name="outage_record"),
    path("rondes/<int:pk>/storingen/<int:outage_pk>/einde/", outages.outage_end, name="outage_end"),
    path("rondes/<int:pk>/sluiting-verlengen/", outages.closing_extend, name="closing_extend"),
]
