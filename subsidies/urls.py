from subsidies.urls_accounts import urlpatterns_accounts
from subsidies.urls_acts import urlpatterns_acts
from subsidies.urls_assessment import urlpatterns_assessment
from subsidies.urls_calibration import urlpatterns_calibration
from subsidies.urls_completeness import urlpatterns_completeness
from subsidies.urls_content import urlpatterns_content
from subsidies.urls_disclosures import urlpatterns_disclosures
from subsidies.urls_grant_changes import urlpatterns_grant_changes
from subsidies.urls_grants import urlpatterns_grants
from subsidies.urls_intake import urlpatterns_intake
from subsidies.urls_letters import urlpatterns_letters
from subsidies.urls_lists import urlpatterns_lists
from subsidies.urls_meetings import urlpatterns_meetings
from subsidies.urls_objections import urlpatterns_objections
from subsidies.urls_obligations import urlpatterns_obligations
from subsidies.urls_outages import urlpatterns_outages
from subsidies.urls_payments import urlpatterns_payments
from subsidies.urls_plus import urlpatterns_plus
from subsidies.urls_retention import urlpatterns_retention
from subsidies.urls_schemes import urlpatterns_schemes
from subsidies.urls_seats import urlpatterns_seats
from subsidies.urls_settlement import urlpatterns_settlement
from subsidies.urls_subsidy_register import urlpatterns_subsidy_register
from subsidies.urls_terms import urlpatterns_terms

app_name = "subsidies"

urlpatterns = [
    *urlpatterns_intake,
    *urlpatterns_accounts,
    *urlpatterns_calibration,
    *urlpatterns_completeness,
    *urlpatterns_schemes,
    *urlpatterns_content,
    *urlpatterns_disclosures,
    *urlpatterns_letters,
    *urlpatterns_assessment,
    *urlpatterns_acts,
    *urlpatterns_grant_changes,
    *urlpatterns_grants,
    *urlpatterns_lists,
    *urlpatterns_meetings,
    *urlpatterns_objections,
    *urlpatterns_obligations,
    *urlpatterns_outages,
    *urlpatterns_payments,
    *urlpatterns_plus,
    *urlpatterns_retention,
    *urlpatterns_seats,
    *urlpatterns_subsidy_register,
    *urlpatterns_settlement,
    *urlpatterns_terms,
]
