"""Synthetic content of the databases that the pages are measured on, upon the demonstration world.

`base` adds what every size shares: nine more members of the commission, complete drafts to be filed while measuring,
and sessions. `grow` fills the round in assessment: each application with its plan, five budget lines, an attachment,
three events and three reviews. It writes past the triggers, as a restored backup would.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from ikc.middleware import SECOND_FACTOR
from ikc.models import Ikc, Mandate, Organisation, RoleAssignment, User
from ikc.roles import Role
from kvk2.core.models import AuditEvent, StoredFile
from monitoring.demo import texts
from monitoring.demo.activities import add_activities
from monitoring.demo.consent import add_sub_application, answer_state_aid
from monitoring.demo.paper import SUPPORT_PDF
from subsidies.models import (
    ActivityPlan,
    Application,
    Attachment,
    BudgetLine,
    CommissionMember,
    InterestDeclaration,
    Review,
    ReviewScore,
    SubsidyRound,
)
from subsidies.services import applications as services
from subsidies.services.applications import LineContent, Typed
from subsidies.services.attachments import add_attachment
from subsidies.states import ApplicationState, ReviewState

LEADER, MEMBER = "projectleider@demo.example", "commissielid@demo.example"
EXTRA_MEMBERS = 9
REVIEWS_EACH = 3
BATCH = 2000
SINCE = date(2021, 1, 1)
REQUESTED = Decimal(8000)
# (side, kind, description, amount, hours, rate); balanced and within the norms
LINES = (
    ("expenditure", "professional", "Vakdocenten en begeleiders", 4800, 80, 60),
    ("expenditure", "preparation", "Voorbereiding en afstemming", 1200, 20, 60),
    ("expenditure", "material", "Materiaal en boeken", 2000, None, None),
    ("expenditure", "overhead", "Coördinatie en scholing", 800, None, None),
    ("income", "own_board", "Eigen bijdrage van het schoolbestuur", 800, None, None),
)
OF_AN_ACTIVITY = ("professional", "preparation", "material")
CHILDREN = {"children_0_1": 20, "children_2_3": 30, "children_4_12": 200}
EVENTS = ("application_started", "application_submitted", "application_admitted")


def base(drafts: int) -> dict[str, object]:
    """What every size shares; gives the sessions and the drafts."""
    now = timezone.now()
    _members(now)
    return {
        "leader": session_of(User.objects.get(email=LEADER)),
        "member": session_of(User.objects.get(email=MEMBER)),
        "drafts": complete_drafts(drafts),
    }


def complete_drafts(count: int) -> list[dict[str, object]]:
    """In the open round, each with a director and an IKC of its own."""
    now = timezone.now()
    open_round = SubsidyRound.objects.get(state="open", is_demo=True)
    return [_draft(ikc, open_round, now) for ikc in _ikcs(count, "om in te dienen")]


def session_of(user: User) -> str:
    """A session as the login leaves it, second factor and all."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client.cookies["sessionid"].value


def _user(email: str, job_title: str) -> User:
    return User.objects.create(
        email=email, first_name="Meet", last_name="Persoon", job_title=job_title, is_demo=True
    )


def _members(now: datetime) -> None:
    organisation = CommissionMember.objects.get(user__email=MEMBER).organisation
    round_ = SubsidyRound.objects.get(state="assessing", is_demo=True)
    for n in range(EXTRA_MEMBERS):
        user = _user(f"lid{n}@meting.example", "commissielid")
        RoleAssignment.objects.create(
            user=user, role=Role.COMMISSION_MEMBER, organisation=organisation, valid_from=SINCE
        )
        seat = CommissionMember.objects.create(
            user=user, organisation=organisation, valid_from=SINCE
        )
        InterestDeclaration.objects.create(member=seat, round=round_, declared_at=now)


def _ikcs(count: int, what: str) -> list[Ikc]:
    boards = cycle(
        Organisation.objects.school_boards().exclude(electronic_consent_at=None).order_by("pk")
    )
    return Ikc.objects.bulk_create(
        [
            Ikc(name=f"IKC {what} {n}", form=Ikc.Form.REGULAR, board=board, city="Leeuwarden")
            for n, board in enumerate(islice(boards, count))
        ],
        batch_size=BATCH,
    )


def _draft(ikc: Ikc, round_: SubsidyRound, now: datetime) -> dict[str, object]:
    """A draft that can be signed, made by the services, with the session of its director."""
    director = _user(f"directeur{ikc.pk}@meting.example", "directeur")
    RoleAssignment.objects.create(
        user=director, role=Role.IKC_DIRECTOR, organisation=ikc.board, ikc=ikc, valid_from=SINCE
    )
    Mandate.objects.create(
        user=director, organisation=ikc.board, ikc=ikc, reference="meting", valid_from=SINCE
    )
    application = services.start_application(ikc, round_, by=director, at=now)
    details = {"contact_phone": "058 000 00 00", **CHILDREN}
    services.save_details(application, Typed(values=details, page="bench"), at=now)
    services.save_plan(application, Typed(values=dict(texts.PLANS[0]), page="bench"), at=now)
    activity = add_activities(application, 0, at=now)[0]
    if round_.sub_applications_allowed:
        add_sub_application(application, at=now)
    answer_state_aid(application, to_partner=False, at=now)
    lines = [
        LineContent(
            order,
            side,
            kind,
            description,
            Decimal(amount),
            *map(_decimal, rest),
            activity_id=activity.pk if kind in OF_AN_ACTIVITY else None,
        )
        for order, (side, kind, description, amount, *rest) in enumerate(LINES, 1)
    ]
    asked = {"requested_amount": REQUESTED, "applied_elsewhere": False}
    services.save_budget(application, Typed(values=asked, page="bench"), lines, at=now)
    for kind in ("support", "partner"):
        add_attachment(
            application, kind=kind, name=f"{kind}.pdf", content=SUPPORT_PDF, by=director, at=now
        )
    return {"application": application.pk, "session": session_of(director)}


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def grow(size: int, each: int = REVIEWS_EACH) -> dict[str, object]:
    """Fill the round in assessment up to `size` applications with `each` reviews; gives the pages to ask for."""
    round_ = SubsidyRound.objects.get(state="assessing", is_demo=True)
    missing = size - round_.applications.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        made = applications(round_, missing)
        _contents(made)
        _trail(made)
        _reviews(round_, made, each)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    own = Review.objects.filter(member__user__email=MEMBER, application__in=made[:50])
    return {
        "round": round_.pk,
        "application": made[missing // 2].pk,
        "review": own.filter(state=ReviewState.ACCEPTED).order_by("pk")[0].pk,
    }


def applications(round_: SubsidyRound, count: int, *, start: int = 0) -> list[Application]:
    """`count` filed applications, numbered from `start`, and nothing that belongs to them."""
    signer = User.objects.get(email="directeur@demo.example")
    filed = {
        "round": round_,
        "title": "Samen lezen, samen spelen",
        "created_by": signer,
        "contact_name": "Meet Persoon",
        "contact_email": "directeur@demo.example",
        "contact_phone": "058 000 00 00",
        "mandate_reference": "meting",
        "requested_amount": REQUESTED,
        "applied_elsewhere": False,
        "max_amount": Decimal(15_000),
        "eligible_amount": REQUESTED,
        "signed_by": signer,
        "signed_name": "Meet Persoon",
        "signed_job_title": "directeur",
        "state": ApplicationState.IN_REVIEW,
        **CHILDREN,
    }
    begin = round_.opens_at
    return Application.objects.bulk_create(
        (
            Application(
                **filed,
                ikc=ikc,
                board_id=ikc.board_id,
                number=f"KVK2-{2090 + n // 9000}-{n % 9000 + 1:04d}",
                tier=n % 3 + 1,
                score=Decimal(n * 7919 % 6001 + 4000) / 100,
                created_at=begin,
                saved_at=begin,
                received_at=begin + timedelta(minutes=n),
                complete_at=begin + timedelta(minutes=n),
            )
            for n, ikc in enumerate(_ikcs(count, f"meting {start}"), start)
        ),
        batch_size=BATCH,
    )


def _contents(made: list[Application]) -> None:
    """Plans, budget lines, and an attachment each (a row without a file: no page opens it)."""
    plan = {name: value for name, value in texts.PLANS[0].items() if name != "title"}
    ActivityPlan.objects.bulk_create(
        (ActivityPlan(application=application, **plan) for application in made), batch_size=BATCH
    )
    BudgetLine.objects.bulk_create(
        (
            BudgetLine(
                application=application, order=order, side=side, kind=kind,
                description=description, amount=amount, hours=hours, rate=rate,
            )
            for application in made
            for order, (side, kind, description, amount, hours, rate) in enumerate(LINES, 1)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    files = StoredFile.objects.bulk_create(
        (
            StoredFile(
                file=f"bench/{application.pk}",
                name="steunbrief.pdf",
                content_type="application/pdf",
                size=len(SUPPORT_PDF),
                sha256="0" * 64,
                scan_state=StoredFile.ScanState.CLEAN,
                scanned_at=application.created_at,
                created_at=application.created_at,
            )
            for application in made
        ),
        batch_size=BATCH,
    )
    Attachment.objects.bulk_create(
        (
            Attachment(application=application, kind=Attachment.Kind.SUPPORT, stored=stored)
            for application, stored in zip(made, files, strict=True)
        ),
        batch_size=BATCH,
    )


def _trail(made: list[Application]) -> None:
    kind = ContentType.objects.get_for_model(Application)
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                at=application.received_at,
                actor=application.signed_by,
                verb=verb,
                object_type=kind,
                object_id=application.pk,
            )
            for application in made
            for verb in EVENTS
        ),
        batch_size=BATCH,
    )


def _reviews(round_: SubsidyRound, made: list[Application], each: int) -> None:
    """`each` per application, in turn; all but the first submitted, with their scores."""
    members = independent(round_)
    at = round_.closes_at
    reviews = Review.objects.bulk_create(
        (
            Review(
                application=application,
                member_id=members[(n + turn) % len(members)],
                state=ReviewState.SUBMITTED if turn else ReviewState.ACCEPTED,
                submitted_at=at if turn else None,
                total=Decimal(70) if turn else None,
            )
            for n, application in enumerate(made)
            for turn in range(each)
        ),
        batch_size=BATCH,
    )
    ReviewScore.objects.bulk_create(_scores(round_, reviews), batch_size=BATCH)


def independent(round_: SubsidyRound) -> list[int]:
    seats = CommissionMember.objects.filter(
        organisation__seats__user__email=MEMBER, declarations__round=round_
    )
    return list(seats.order_by("pk").values_list("pk", flat=True).distinct())


def _scores(round_: SubsidyRound, reviews: list[Review]) -> Iterator[ReviewScore]:
    criteria = list(round_.criteria.order_by("order"))
    for review in reviews:
        if review.state == ReviewState.SUBMITTED:
            for n, criterion in enumerate(criteria):
                score = (review.pk + n) % 5 + 1
                yield ReviewScore(
                    review=review,
                    criterion=criterion,
                    score=score,
                    motivation=texts.MOTIVATIONS[score],
                )


def count_lost(last: list[tuple[int, str]]) -> int:
    """Of how many drafts the database does not hold what was acknowledged last."""
    wanted = dict(last)
    stored = Application.objects.filter(pk__in=wanted).values_list("pk", "plan__summary")
    return sum(wanted[pk] != summary for pk, summary in stored.order_by("pk"))


def filed(applications: list[int]) -> dict[str, list[str]]:
    """{application: [number, moment of receipt]} of those that were filed."""
    rows = Application.objects.filter(pk__in=applications).exclude(received_at=None).order_by("pk")
    return {str(row.pk): [row.number, row.received_at.isoformat()] for row in rows}
