"""What waits for the administrator and the project leader in the register of IKCs and accounts."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse

from ikc.models import Ikc, IkcSuccession, RoleAssignment, User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem

# How long before a role ends its administrator is warned.
NOTICE = timedelta(days=30)


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user` on `today`; no query for somebody whom none of them concerns."""
    tasks = []
    if user.has_role(Role.ADMIN):
        tasks += _accounts(today)
    if user.has_role(Role.PROJECT_LEADER):
        tasks += _register(today)
    return tasks


def _accounts(today: date) -> list[WorkItem]:
    without_role = User.objects.filter(is_active=True).exclude(
        Exists(RoleAssignment.objects.active_on(today).filter(user=OuterRef("pk")))
    )
    ending = RoleAssignment.objects.active_on(today).filter(valid_until__lte=today + NOTICE)
    users = reverse("ikc:user_list")
    tasks = []
    if count := without_role.count():
        tasks.append(
            WorkItem(
                f"Geef een rol aan {_counted(count, 'gebruiker', 'gebruikers')}",
                f"{users}?role=none",
                "zonder rol ziet iemand niets",
            )
        )
    if first := ending.order_by("valid_until").first():
        tasks.append(
            WorkItem(
                f"Controleer {_counted(ending.count(), 'rol', 'rollen')} die binnenkort afloopt"
                if ending.count() == 1
                else f"Controleer {ending.count()} rollen die binnenkort aflopen",
                f"{users}?role=ending",
                "verleng de rol of laat haar aflopen",
                due=first.valid_until,
            )
        )
    return tasks


def _register(today: date) -> list[WorkItem]:
    tasks = []
    if count := IkcSuccession.objects.filter(confirmed=False).count():
        tasks.append(
            WorkItem(
                f"Bevestig {_counted(count, 'samenvoeging', 'samenvoegingen')} van IKC’s",
                f"{reverse('ikc:ikc_list')}?note=1",
                "alleen de leerlingentallen wijzen hierop",
                badge="niet bevestigd",
                kind="warning",
            )
        )
    if count := Ikc.objects.open_on(today).filter(plus_candidate=True, attention_area=None).count():
        tasks.append(
            WorkItem(
                f"Leg het aandachtsgebied vast van {_counted(count, 'IKC', 'IKC’s')}",
                f"{reverse('ikc:ikc_list')}?area=none",
                "het programma noemt niet welk IKC in welk gebied ligt",
            )
        )
    return tasks


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"
