from django.urls import include, path

from kvk2 import start
from kvk2.core import health

urlpatterns = [
    path("", start.start, name="start"),
    path("", include("kvk2.core.urls")),
    path("", include("ikc.urls")),
    path("", include("subsidies.urls")),
    path("", include("agreements.urls")),
    path("", include("monitoring.urls")),
    path("account/", include("ikc.login.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "kvk2.core.pages.bad_request"
handler403 = "kvk2.core.pages.forbidden"
handler404 = "kvk2.core.pages.not_found"
handler500 = "kvk2.core.pages.server_error"
