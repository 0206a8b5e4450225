app_name = "ikc"

urlpatterns: list = []
