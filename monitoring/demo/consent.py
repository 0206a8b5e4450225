"""What a demonstration application needs before it can be signed: state aid, and the word of the childcare partner."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from ikc.models import RoleAssignment, User
from ikc.roles import Role
from kvk2.core.deadlines import local_date
from subsidies.facts import known
from subsidies.models import Application
from subsidies.services.applications import Typed
from subsidies.services.contents import content_hash, content_of
from subsidies.services.partners import answer_partner, ask_partners
from subsidies.services.state_aid import Assessed, assess_state_aid
from subsidies.services.state_aid_statements import save_state_aid, years_of
from subsidies.services.sub_applications import save_sub_application


def add_sub_application(application: Application, *, at: datetime) -> None:
    """The part for the young child, for who asks for it."""
    values = {
        "wanted": True,
        "title": "Ontdekhoek voor peuters en kleuters",
        "description": "Peuters en kleuters ontdekken samen in één ruimte, met materiaal dat zij zelf kiezen.",
        "amount": Decimal(1_500),
        "young_child": True,
    }
    save_sub_application(application, Typed(values=values, page="demo"), at=at)


def answer_state_aid(application: Application, *, to_partner: bool, at: datetime) -> None:
    """Most IKCs pay nothing to an undertaking; some pay their childcare partner."""
    if not to_partner:
        values = {"reaches_undertaking": False}
        save_state_aid(application, Typed(values=values, page="demo"), {}, at=at)
        return
    partner = content_of(application, local_date(at)).partners[0]
    years = years_of(local_date(at))
    save_state_aid(
        application,
        Typed(
            values={
                "reaches_undertaking": True,
                "undertaking": partner.name,
                "purpose": "uren van pedagogisch medewerkers in de activiteiten",
                "received_before": True,
            },
            page="demo",
        ),
        dict(zip(years, (Decimal(0), Decimal(4_000), Decimal(2_500)), strict=True)),
        at=at,
    )


def assess_partners(applications: Sequence[Application], *, by: User, at: datetime) -> None:
    """Where money reaches the childcare partner: small aid, for which it signed a statement."""
    for application in applications:
        statement = application.state_aid_statement
        if not statement.reaches_undertaking:
            continue
        found = Assessed(
            "de_minimis",
            "De opvang krijgt een klein deel van de subsidie voor uren van pedagogisch medewerkers.",
            undertaking=statement.undertaking,
            aid_amount=known(application.requested_amount) / 5,
            received_before=Decimal(6_500),
            statement_on=local_date(known(application.received_at)),
        )
        assess_state_aid(application, found, by=by, at=at)


def confirm_with_partners(application: Application, director: User, *, at: datetime) -> None:
    """The director asks, and each partner reads and confirms half an hour later."""
    ask_partners(application, by=director, at=at)
    later = at + timedelta(minutes=30)
    application = Application.objects.select_related("round", "plan", "sub_application").get(
        pk=application.pk
    )
    content = content_of(application, local_date(later))
    read = content_hash(application, content, application.budget_lines.all())
    for request in application.confirmations.filter(answered_at=None).select_related(
        "organisation"
    ):
        person = (
            RoleAssignment.objects.filter(
                role=Role.CHILDCARE_BOARD, organisation=request.organisation
            )
            .select_related("user")
            .order_by("pk")[0]
            .user
        )
        answer_partner(
            application,
            request.organisation,
            confirmed=True,
            reason="",
            read_hash=read,
            by=person,
            at=later,
        )
