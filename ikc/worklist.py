"""What waits in the register: accounts and mergers for the municipality, counts to confirm for a director."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby

from django.db.models import DateField, Exists, OuterRef, Q, Value
from django.urls import reverse
from django.utils import timezone

from ikc.filters import NO_ROLE, NOTICE, ROLE_ENDING, WAITING
from ikc.models import (
    ActionItem,
    BankAccount,
    ChildCount,
    DirectorHandOver,
    Ikc,
    IkcSuccession,
    Mandate,
    RoleAssignment,
    SupportRequest,
    User,
)
from ikc.roles import Role
from ikc.worklist_areas import area_tasks
from ikc.worklist_plus import plus_tasks
from kvk2.core.signatures import old_since
from kvk2.core.worklist import Desk, Panel, WorkItem
from kvk2.nlds.components import Tile
from kvk2.nlds.templatetags.nlds import dutch_date

A_YEAR = timedelta(days=366)
# More accounts than this to look at are one line among the tasks.
ONE_BY_ONE = 2
# Actions beyond these are on the list of actions.
MOST_ACTIONS = 10


def desk_of(user: User, *, today: date) -> Desk:
    tasks = [*tasks_for(user, today=today), *plus_tasks(user, today=today)]
    return Desk(tasks, panels_for(user, today=today))


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user` on `today`; no query for somebody whom none of them concerns."""
    tasks = []
    if user.has_role(Role.ADMIN):
        tasks += [*_accounts(today), *_scanner()]
    if user.has_role(Role.PROJECT_LEADER):
        tasks += [*_register(today), *_support_requests()]
    if user.has_role(Role.PROJECT_LEADER, Role.SIGNER):
        tasks += [*_bank_accounts(user), *area_tasks(user, today=today)]
    if user.has_role(Role.IKC_DIRECTOR):
        tasks += _counts_to_confirm(user, today)
    return [*tasks, *_actions(user)]


def _support_requests() -> list[WorkItem]:
    """What IKCs asked and nobody answered; one query."""
    days = list(SupportRequest.objects.requested().values_list("wanted_by", flat=True))
    if not days:
        return []
    return [
        WorkItem(
            f"Beantwoord {_counted(len(days), 'verzoek', 'verzoeken')} om ondersteuning",
            f"{reverse('ikc:support_request_list')}?state=requested",
            "een IKC wacht op antwoord",
            badge="te beantwoorden",
            kind="warning",
            due=min((day for day in days if day), default=None),
        )
    ]


def _actions(user: User) -> list[WorkItem]:
    """What the user promised in a meeting; one query."""
    actions = ActionItem.objects.open().filter(owner=user).select_related("body").by_urgency()
    return [
        WorkItem(
            action.title, action.get_absolute_url(), str(action.body), "actie", due=action.due_on
        )
        for action in actions[:MOST_ACTIONS]
    ]


def _bank_accounts(user: User) -> list[WorkItem]:
    """The accounts that wait for somebody who had no hand in them; many at once are one task."""
    accounts = list(
        BankAccount.objects.waiting()
        .exclude(proposed_by=user)
        .exclude(checked_by=user)
        .select_related("organisation")
        .order_by("proposed_at", "pk")
    )
    if len(accounts) > ONE_BY_ONE:
        return [
            WorkItem(
                f"Controleer {len(accounts)} bankrekeningen",
                f"{reverse('ikc:organisation_list')}?account={WAITING}",
                "tot dan staan betalingen aan deze besturen stil",
                "te controleren",
                "warning",
            )
        ]
    return [
        WorkItem(
            f"Controleer de bankrekening van {account.organisation}",
            reverse("ikc:bank_account_check", args=[account.pk]),
            "tot dan staan betalingen aan dit bestuur stil",
            "tweede controle" if account.checked_by_id else "eerste controle",
            "warning",
        )
        for account in accounts
    ]


def _counts_to_confirm(user: User, today: date) -> list[WorkItem]:
    """The counts of the past year that the board has not confirmed, for a director with its mandate; one query.

    A day of which a figure is disputed waits for the municipality.
    """
    mandates = Mandate.objects.active_on(today).filter(
        Q(ikc=OuterRef("ikc")) | Q(ikc=None), user=user, organisation=OuterRef("ikc__board")
    )
    counts = (
        ChildCount.objects.in_force()
        .filter(
            Exists(mandates),
            ikc__in=user.ikc_ids(Role.IKC_DIRECTOR),
            reference_date__gt=today - A_YEAR,
            reference_date__lte=today,
        )
        .select_related("ikc")
        .order_by("-reference_date", "ikc")
    )
    tasks = []
    for (day, ikc), figures in groupby(counts, key=lambda count: (count.reference_date, count.ikc)):
        rows = list(figures)
        if any(row.is_disputed for row in rows) or all(row.confirmed_at for row in rows):
            continue
        tasks.append(
            WorkItem(
                f"Bevestig het aantal kinderen van {ikc} op {dutch_date(day)}",
                reverse("ikc:child_count_confirm", args=[ikc.pk, day.isoformat()]),
                "of zeg wat er niet klopt",
                badge="te bevestigen",
                kind="warning",
            )
        )
    return tasks


def _accounts(today: date) -> list[WorkItem]:
    users = reverse("ikc:user_list")
    ending = RoleAssignment.objects.active_on(today).filter(valid_until__lte=today + NOTICE)
    last_days = [day for day in ending.values_list("valid_until", flat=True) if day]
    tasks = []
    if count := User.objects.filter(is_active=True).without_role(today).count():
        tasks.append(
            WorkItem(
                f"Geef een rol aan {_counted(count, 'gebruiker', 'gebruikers')}",
                f"{users}?role={NO_ROLE}",
                "zonder rol ziet iemand niets",
            )
        )
    if last_days:
        tasks.append(
            WorkItem(
                f"Bekijk welke rollen binnenkort aflopen ({len(last_days)})",
                f"{users}?role={ROLE_ENDING}",
                "verleng een rol of laat haar aflopen",
                due=min(last_days),
            )
        )
    return tasks


def _scanner() -> list[WorkItem]:
    since = old_since(at=timezone.now())
    if since is None:
        return []
    return [
        WorkItem(
            "Laat de virusscanner bijwerken",
            "",
            f"zijn lijst met virussen is van {dutch_date(since)}; vraag uw systeembeheerder",
            badge="verouderd",
            kind="danger",
        )
    ]


def _register(today: date) -> list[WorkItem]:
    """What is disputed or not known about IKCs; one query."""
    disputed = ChildCount.objects.in_force().filter(disputed_at__isnull=False, resolved_at=None)
    unplaced = Ikc.objects.open_on(today).filter(form=Ikc.Form.AREA, attention_area=None)
    found = disputed.values_list("reference_date", Value("disputed")).union(
        IkcSuccession.objects.filter(confirmed=False).values_list(_no_day(), Value("merger")),
        unplaced.values_list(_no_day(), Value("area")),
        Ikc.objects.without_director(today).values_list(_no_day(), Value("director")),
        DirectorHandOver.objects.filter(completed_at=None, withdrawn_at=None).values_list(
            "last_day", Value("hand_over")
        ),
        all=True,
    )
    days: dict[str, list[date]] = defaultdict(list)
    for day, what in found:
        days[what].append(day)
    tasks = []
    tasks += _directors(days["director"], days["hand_over"])
    if own := days["disputed"]:
        tasks.append(
            WorkItem(
                f"Beslis over {_counted(len(own), 'betwist aantal', 'betwiste aantallen')} kinderen",
                f"{reverse('ikc:child_count_list')}?day={max(own)}&state=disputed",
                "het schoolbestuur zegt dat het aantal niet klopt",
                badge="betwist",
                kind="warning",
            )
        )
    if count := len(days["merger"]):
        tasks.append(
            WorkItem(
                f"Bevestig {_counted(count, 'samenvoeging', 'samenvoegingen')} van IKC’s",
                f"{reverse('ikc:ikc_list')}?check=merger",
                "alleen de leerlingentallen wijzen hierop",
                badge="niet bevestigd",
                kind="warning",
            )
        )
    if count := len(days["area"]):
        tasks.append(
            WorkItem(
                f"Leg het aandachtsgebied vast van {_counted(count, 'IKC', 'IKC’s')}",
                f"{reverse('ikc:ikc_list')}?check=area",
                "het programma noemt niet welk IKC in welk gebied ligt",
            )
        )
    return tasks


def _directors(missing: list[date], prepared: list[date]) -> list[WorkItem]:
    """IKCs that a director left without a successor, and hand-overs that wait for the project leader."""
    tasks = []
    if missing:
        tasks.append(
            WorkItem(
                f"Zoek een directeur voor {_counted(len(missing), 'IKC', 'IKC’s')}",
                f"{reverse('ikc:ikc_list')}?check=director",
                "de directeur is vertrokken, en niemand volgde op",
                badge="zonder directeur",
                kind="danger",
            )
        )
    if prepared:
        tasks.append(
            WorkItem(
                f"Rond {_counted(len(prepared), 'overdracht', 'overdrachten')} door een directeur af",
                f"{reverse('ikc:ikc_list')}?check=hand_over",
                "de directeur heeft dit klaargezet",
                badge="klaargezet",
                kind="warning",
                due=min(prepared),
            )
        )
    return tasks


def _no_day() -> Value:
    return Value(None, output_field=DateField())


def panels_for(user: User, *, today: date) -> list[Panel]:
    """How many people have an account, for who looks after them."""
    if not user.has_role(Role.ADMIN):
        return []
    tiles = [
        Tile("Gebruikers", User.objects.filter(is_active=True).count(), "kunnen inloggen"),
        Tile("Rollen", RoleAssignment.objects.active_on(today).count(), "zijn vandaag gegeven"),
        Tile("Geblokkeerd", User.objects.filter(is_active=False).count(), "kunnen niet inloggen"),
    ]
    return [Panel("ikc/_panel_accounts.html", {"tiles": tiles})]


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"
