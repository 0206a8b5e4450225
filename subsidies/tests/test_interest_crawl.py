"""Somebody with an interest goes everywhere in the portal and finds no trace of the application (domain reference 6.3, C2).

Every address of the project that takes no id is asked for, each that takes one with the ids of the application itself,
and every link on the pages that answer; for a member, the chair and the secretary of the commission. Lists, counts,
exports, calendars and letters are among them. What has no id of the application in it (another year, another agreement)
cannot be reached with one, and is met by the links.
"""

import io
import re
import zipfile
from decimal import Decimal
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ikc.tests.factories import UserFactory
from kvk2.core.models import OutgoingMail
from subsidies.models import (
    AllocationRun,
    Decision,
    InterestDeclaration,
    Letter,
    Message,
    Review,
)
from subsidies.services import calibrations
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    CommissionMemberFactory,
    admitted,
    adopted,
    assessing_round,
    assigned,
    board,
    decided_round,
    declared_member,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
AMOUNT = Decimal("13579.00")
# Leave the session as it is.
OUTSIDE = ("/account", "/ingelogd-blijven", "/healthz", "/readyz", "/static", "/privacy", "/over")
# Where the name of any IKC may stand: who is an IKC, and what somebody declared, are not about an application.
NAMES_ANY_IKC = re.compile(
    r"^/(ikcs|kindertellingen|organisaties|aandachtsgebieden|resultaatafspraken|monitoring|rapporten|commissie/belangen)/"
    r"|/commissie/belangen/$|^/commissie/$"
)


def every_route(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_route(pattern, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield route


class World:
    """A round being assessed and a decided one, each with an application that nobody of the three may know of."""

    def __init__(self):
        self.decided = decided_round(applications=2)
        self.round = assessing_round(applications=2)
        self.tie = board()
        self.secret = admitted(
            self.round, requested_amount=AMOUNT, title="Het verzwegen plan van Wytske"
        )
        self.old = self.decided.applications.order_by("number").first()
        self.exercise = self._exercise()
        self.member = declared_member(self.round)
        self.chair = declared_member(self.round, function="chair", user=UserFactory(secretary=True))
        self.secretary = CommissionMemberFactory(
            function="secretary", user=UserFactory(secretary=True)
        )
        free = declared_member(self.round, user=UserFactory(secretary=True))
        self.free = free.user
        for review in assigned(self.round):
            if review.application == self.secret or review.member in (self.member, self.chair):
                submitted(review)
        Review.objects.filter(application=self.secret).update(total=Decimal("73.31"))
        adopted(self.secret, by=self.free)
        for seat in (self.member, self.chair, self.secretary):
            declaration, _ = InterestDeclaration.objects.get_or_create(
                member=seat, round=self.round, defaults={"declared_at": ASSESSED_AT}
            )
            declaration.organisations.add(self.secret.board)
            declaration.ikcs.add(self.old.ikc)

    def _exercise(self):
        """The old application as the case that everybody scores; the three see it and do not know it again."""
        leader = UserFactory(secretary=True)
        case = calibrations.prepare_calibration(
            self.round, title="Oefenaanvraag", source=self.old, by=leader, at=ASSESSED_AT
        )
        return calibrations.open_calibration(case, by=leader, at=ASSESSED_AT)

    def ids(self, prefix):
        """The ids that an address with this beginning takes: those of the application itself, where there are any."""
        hidden = [self.secret, self.old]
        of_hidden = {"application__in": hidden}
        return {
            "rondes": [self.round.pk, self.decided.pk],
            "aanvragen": [row.pk for row in hidden],
            "bijlagen": [row.pk for one in hidden for row in one.attachments.all()],
            "beoordelen": _keys(Review, **of_hidden),
            "besluiten": _keys(Decision, **of_hidden),
            "brieven": _keys(Letter, **of_hidden),
            "berichten": _keys(Message, letter__application__in=hidden),
            "ikcs": [self.secret.ikc_id],
            "organisaties": [self.secret.board_id],
            "oefeningen": [self.exercise.pk],
        }.get(prefix, [])

    def addresses(self):
        for route in every_route():
            first = route.split("/")[0]
            for pk in self.ids(first) if "<" in route else [None]:
                address = re.sub(r"<int:pk>", str(pk), route)
                address = re.sub(r"<int:application_pk>", str(self.secret.pk), address)
                address = re.sub(r"<int:member_pk>", str(self.member.pk), address)
                address = re.sub(r"<int:run_pk>", str(self._run), address)
                address = re.sub(r"<int:[^>]+>", "1", address)
                address = re.sub(r"<[^>]+>", "x", address)
                if not re.search(r"[\\(^$]", address):
                    yield f"/{address}"

    @property
    def _run(self):
        return AllocationRun.objects.get(round=self.decided, hypothetical=False).pk

    def traces(self):
        old = self.old
        return [
            *(one.number for one in (self.secret, old)),
            *(one.ikc.name for one in (self.secret, old)),
            self.secret.title,
            self.secret.board.name,
            "13.579",
            "13579",
            "73,31",
        ]


def _keys(model, **wanted):
    return list(model.objects.filter(**wanted).values_list("pk", flat=True))


def said(response):
    """All that a reader can read in an answer: pages, tables, spreadsheets, calendars."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b" ".join(book.read(name) for name in book.namelist())
    return unescape(body.decode("utf-8", "ignore"))


def links_of(address, text):
    for found in re.findall(r'(?:href|hx-get|src)="([^"#]+)', text):
        target = urlsplit(urljoin(address, found))
        if target.netloc == "":
            yield target.path + (f"?{target.query}" if target.query else "")


def crawl(client, user, world, *, most=60):
    """(address, trace) for each trace that `user` finds; the number of pages that answered."""
    client.force_login(user)
    waiting = list(dict.fromkeys(world.addresses()))
    waiting += [f"{reverse('subsidies:application_list')}?q=KVK2", f"{reverse('subsidies:review_list')}?zoek=IKC"]  # fmt: skip
    seen, found, answered = set(waiting), [], 0
    most += len(seen)
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address.startswith(OUTSIDE):
            continue
        response = client.get(address)
        if response.status_code != 200:
            continue
        answered += 1
        text = said(response)
        path = urlsplit(address).path
        names = {world.secret.ikc.name, world.old.ikc.name, world.secret.board.name}
        allowed = names if NAMES_ANY_IKC.search(path) else set()
        found += [(address, one) for one in world.traces() if one in text and one not in allowed]
        for link in links_of(address, text):
            if link not in seen and not NAMES_ANY_IKC.search(urlsplit(link).path):
                seen.add(link)
                waiting.append(link)
    return found, answered


def test_who_has_an_interest_finds_no_trace_anywhere(client):
    world = World()
    posts = [
        address
        for address in world.addresses()
        if address.startswith(("/aanvragen/", "/beoordelen/", "/besluiten/", "/bijlagen/"))
        and re.search(r"/\d+/", address)
    ]

    for seat in (world.member, world.chair, world.secretary):
        leaks, answered = crawl(client, seat.user, world)
        assert not leaks, (seat.function, leaks[:12])
        assert answered > 10
        # old links, autosave and deeds: as if it did not exist
        for address in posts if seat is world.member else posts[::4]:
            response = client.post(address, {"button": "1"})
            assert response.status_code in (403, 404, 405), (seat.function, address)
            assert not [one for one in world.traces() if one in said(response)], address
        mails = OutgoingMail.objects.filter(to=seat.user.email)
        assert not [m for m in mails if any(t in m.body + m.subject for t in world.traces())]

    # and the crawl can find: somebody without an interest meets the number, the amount and the score
    client.force_login(world.free)
    open_to_others = [
        world.secret.get_absolute_url(),
        reverse("subsidies:advice_detail", args=[world.secret.pk]),
        Review.objects.filter(application=world.secret).first().get_absolute_url(),
    ]
    pages = " ".join(said(client.get(address)) for address in open_to_others)
    met = {trace for trace in world.traces() if trace in pages}
    assert {world.secret.number, world.secret.title, "73,31"} <= met
