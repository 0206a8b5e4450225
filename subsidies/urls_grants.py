from django.urls import path

from subsidies.views import grants

urlpatterns_grants = [
    path("verleningen/", grants.grant_list, name="grant_list"),
    path("verleningen/<int:pk>/", grants.grant_detail, name="grant_detail"),
]
