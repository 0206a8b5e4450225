from django.urls import path

from subsidies.views import calibration

urlpatterns_calibration = [
    path("rondes/<int:pk>/oefenen/", calibration.calibration_round, name="calibration_round"),
    path("rondes/<int:pk>/oefenen/nieuw/", calibration.calibration_new, name="calibration_new"),
    path(
        "rondes/<int:pk>/oefenen/overslaan/", calibration.calibration_skip, name="calibration_skip"
    ),
    path(
        "rondes/<int:pk>/oefenen/uitleg/<int:criterion_pk>/",
        calibration.anchor_edit,
        name="anchor_edit",
    ),
    path("oefeningen/<int:pk>/", calibration.calibration_detail, name="calibration_detail"),
    path("oefeningen/<int:pk>/tekst/", calibration.calibration_edit, name="calibration_edit"),
    path("oefeningen/<int:pk>/openen/", calibration.calibration_open, name="calibration_open"),
    path("oefeningen/<int:pk>/afsluiten/", calibration.calibration_close, name="calibration_close"),
]
