from subsidies.urls_assessment import urlpatterns_assessment
from subsidies.urls_completeness import urlpatterns_completeness
from subsidies.urls_content import urlpatterns_content
from subsidies.urls_intake import urlpatterns_intake
from subsidies.urls_lists import urlpatterns_lists

app_name = "subsidies"

urlpatterns = [
    *urlpatterns_intake,
    *urlpatterns_completeness,
    *urlpatterns_content,
    *urlpatterns_assessment,
    *urlpatterns_lists,
]
