from django.urls import path

from subsidies.views import register, seats

urlpatterns_seats = [
    path("commissie/", seats.commission_seats, name="commission_seats"),
    path("commissie/benoemen/", seats.seat_add, name="seat_add"),
    path("commissie/regels/", seats.commission_settings, name="commission_settings"),
    path("commissie/zetels/<int:pk>/verlengen/", seats.seat_renew, name="seat_renew"),
    path("commissie/zetels/<int:pk>/beeindigen/", seats.seat_end, name="seat_end"),
    path("commissie/belangen/", register.interest_register, name="interest_register"),
]
