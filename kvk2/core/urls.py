from django.urls import path

from kvk2.core import pages

urlpatterns = [
    path("toegankelijkheid/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("over/", pages.about, name="about"),
]
