"""E-mail as each user chose: at once, in the one of the day, or not; never what the law asks for."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.models import NoticePreference, WaitingNotice
from ikc.notices import NoticeKind, NoticeWhen, kinds_for
from ikc.roles import Role
from ikc.services.notices import choose, notify_users, send_daily
from ikc.tests.factories import UserFactory
from kvk2.core.models import OutgoingMail

pytestmark = pytest.mark.django_db
# Ten in the morning and seven the next, Dutch summer time.
TEN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
SEVEN = datetime(2026, 6, 2, 5, 0, tzinfo=UTC)
CONTEXT = {"rows": [], "product": "portaal", "url": "https://x.example"}


def told(*users, at=TEN) -> None:
    notify_users(users, NoticeKind.LATE, "subsidies/mail/late_decisions", CONTEXT, at=at)


def test_each_gets_it_as_chosen():
    first, daily, never = (UserFactory(project_leader=True) for _ in range(3))
    choose(daily, {NoticeKind.LATE: NoticeWhen.DAILY}, at=TEN)
    choose(never, {NoticeKind.LATE: NoticeWhen.NEVER}, at=TEN)
    told(first, daily, never)
    told(daily)
    assert [mail.to for mail in OutgoingMail.objects.all()] == [first.email]
    assert send_daily(at=TEN) == 0  # came in after seven: tomorrow
    assert send_daily(at=SEVEN.replace(hour=4, minute=59)) == 0
    assert send_daily(at=SEVEN) == 1
    assert send_daily(at=SEVEN) == 0
    mail = OutgoingMail.objects.get(to=daily.email)
    assert mail.subject == "2 meldingen uit het " + mail.subject.split("uit het ")[1]
    assert mail.body.count("==") == 4
    assert not WaitingNotice.objects.filter(mail=None).exists()


def test_who_was_blocked_gets_no_mail_of_the_day():
    user = UserFactory(project_leader=True)
    choose(user, {NoticeKind.LATE: NoticeWhen.DAILY}, at=TEN)
    told(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert send_daily(at=SEVEN) == 0
    assert not OutgoingMail.objects.exists()


def test_only_what_the_law_leaves_open_can_be_chosen():
    user = UserFactory()
    rows = [
        ("notice_preference_may_be_chosen", {"kind": "message", "choice": "never"}),
        ("notice_preference_may_be_chosen", {"kind": "late", "choice": "weekly"}),
    ]
    for name, values in rows:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            NoticePreference.objects.create(user=user, **values)
    NoticePreference.objects.create(user=user, kind="late", choice="daily")
    with pytest.raises(IntegrityError, match="notice_preference_once"), transaction.atomic():
        NoticePreference.objects.create(user=user, kind="late", choice="never")
    assert kinds_for([Role.AUDITOR]) == []
    assert kinds_for([Role.ADMIN]) == []
    assert kinds_for([Role.IKC_DIRECTOR]) == [
        NoticeKind.PLUS,
        NoticeKind.SIGNATURE,
        NoticeKind.SUPPORT,
        NoticeKind.AGREEMENT,
        NoticeKind.MONITORING,
        NoticeKind.REPORT,
        NoticeKind.ACTION,
        NoticeKind.CONSULTATION,
    ]


def test_the_page_shows_the_own_choices_and_what_always_comes(client):
    leader = UserFactory(project_leader=True)
    client.force_login(leader)
    address = reverse("ikc:notice_preferences")
    page = client.get(address).content.decode()
    assert "Besluiten zijn te laat" in page
    assert "binnen 48 uur" in page
    assert "Vergadering van de commissie" not in page
    answers = {
        "late": "daily",
        "consult": "at_once",
        "plus": "at_once",
        "agreement": "at_once",
        "report": "at_once",
        "action": "at_once",
    }
    assert client.post(address, answers | {"late": "soms"}).status_code == 422
    assert client.post(address, answers).status_code == 302
    choice = NoticePreference.objects.get(kind="late")
    assert (choice.user, choice.kind, choice.choice) == (leader, "late", "daily")
    client.force_login(UserFactory(auditor=True))
    page = client.get(address).content.decode()
    assert "Hier valt niets te kiezen" in page
    assert "binnen 48 uur" in page
