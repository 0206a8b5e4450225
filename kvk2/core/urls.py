from django.urls import path

from kvk2.core import pages

urlpatterns = [
    path("ingelogd-blijven/", pages.keep_alive, name="keep_alive"),
    path("toegankelijkheid/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("over/", pages.about, name="about"),
]
