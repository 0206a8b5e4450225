from django.urls import path

from bench.baseline import views

urlpatterns = [path("", views.item_list, name="list")]
