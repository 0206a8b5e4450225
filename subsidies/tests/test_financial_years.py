"""Subsidies per financial year (Awb division 4.2.8): what a round, an application and a decision need then."""

from datetime import UTC, date, datetime

import pytest

from kvk2.core.deadlines import local_date
from subsidies.models import Attachment, Decision
from subsidies.services import decisions, financial_years
from subsidies.services.contents import content_hash, content_of
from subsidies.services.round_checks import missing_for_adoption
from subsidies.services.submission import budget_of, missing_for_submission
from subsidies.tests.factories import (
    DURING,
    ApplicationFactory,
    SchemeVersionFactory,
    SubsidyRoundFactory,
)
from subsidies.tests.factories_assessment import DECIDED_AT, drafted_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def yearly():
    return SchemeVersionFactory(per_financial_year=True)


def texts(round_):
    return " ".join(item.text for item in missing_for_adoption(round_))


def test_a_round_closes_thirteen_weeks_before_the_year_and_is_of_whole_years(yearly):
    in_time = {"scheme_version": yearly, "period_start": date(2027, 1, 1)}
    late = SubsidyRoundFactory(
        **in_time,
        period_end=date(2027, 12, 31),
        opens_at=datetime(2026, 9, 1, tzinfo=UTC),
        closes_at=datetime(2026, 10, 3, 12, tzinfo=UTC),
    )
    assert "vóór 2-10-2026" in texts(late)
    late.closes_at = datetime(2026, 10, 2, 12, tzinfo=UTC)
    assert "4:6" not in texts(late)
    late.period_end = date(2027, 11, 30)
    assert "4:68" in texts(late)
    late.period_end = date(2028, 12, 31)
    assert "4:68" not in texts(late)
    late.scheme_version = SchemeVersionFactory()
    late.closes_at, late.period_end = datetime(2026, 12, 1, tzinfo=UTC), date(2027, 11, 30)
    assert "4:6" not in texts(late)


def missing(application):
    attachments = list(application.attachments.all())
    lines = list(application.budget_lines.order_by("order"))
    content = content_of(application, local_date(DURING))
    found = missing_for_submission(
        application,
        budget_of(application, lines, DURING),
        attachments,
        content,
        content_hash=content_hash(application, content, lines),
        day=local_date(DURING),
    )
    return " ".join(item.text for item in found)


def test_a_first_application_needs_the_statutes_and_the_accounts(yearly):
    application = ApplicationFactory(
        round=SubsidyRoundFactory(scheme_version=yearly, open=True), applied_elsewhere=None
    )
    found = missing(application)
    assert "oprichtingsakte of statuten" in found
    assert "jaarrekening met controleverklaring" in found
    assert "vergelijking" not in found
    assert "4:65" in found


def test_a_later_one_needs_the_comparison_instead(yearly):
    before = drafted_round(applications=1, scheme_version=yearly)
    decision = Decision.objects.get()
    application = ApplicationFactory(
        round=SubsidyRoundFactory(scheme_version=yearly, open=True),
        ikc=before.applications.get().ikc,
    )
    assert financial_years.is_first(application)  # a draft decision gives nothing
    Decision.objects.filter(pk=decision.pk).update(
        announced_at=DECIDED_AT, objection_until=date(2026, 7, 1)
    )
    assert not financial_years.is_first(application)
    assert "vergelijking met de begroting" in missing(application)
    assert "statuten" not in missing(application)


def test_another_scheme_asks_nothing_more():
    application = ApplicationFactory(applied_elsewhere=None)
    assert "4:6" not in missing(application)
    assert "statuten" not in missing(application)
    kinds = dict(financial_years.kinds_for(application.round))
    assert Attachment.Kind.STATUTES not in kinds
    assert Attachment.Kind.SUPPORT in kinds


def test_the_decision_has_the_duties_of_the_act(yearly):
    drafted_round(applications=1, scheme_version=yearly, period_end=date(2028, 7, 31))
    decision = Decision.objects.get()
    duties = list(decision.obligations.order_by("order").values_list("text", flat=True))
    assert [text.split("artikel ")[1][:4] for text in duties if "artikel" in text] == [
        "4:69",
        "4:70",
        "4:67",
    ]
    letter = decisions.preview_context(decision, at=DECIDED_AT)
    assert letter.legal_basis.articles[0] == "afdeling 4.2.8 Awb"


def test_the_decision_of_another_scheme_does_not():
    drafted_round(applications=1)
    decision = Decision.objects.get()
    assert decision.obligations.count() == 4
    letter = decisions.preview_context(decision, at=DECIDED_AT)
    assert "afdeling 4.2.8 Awb" not in letter.legal_basis.articles
