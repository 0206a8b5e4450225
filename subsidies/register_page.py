"""The register of interests of one round: what members declared, what follows from data, and what they said before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q

from ikc.models import Ikc, IkcPartner, Organisation, RoleAssignment, User
from kvk2.core.documents import Municipality
from kvk2.core.spreadsheet import Heading
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.documents_interests import Declared, DeclaredMember, InterestsContext
from subsidies.facts import known
from subsidies.interests import recent_ties
from subsidies.models import (
    CommissionMember,
    ConflictException,
    DeclarationVersion,
    SubsidyRound,
)
from subsidies.services.commission import DECLARABLE

PARTIES = (Organisation.Kind.SCHOOL_BOARD, Organisation.Kind.CHILDCARE)


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie that follows from data: an organisation, why, and the IKCs that it makes an interest of."""

    organisation: str
    why: str
    ikcs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One member in the register of a round; `versions` newest first, the first one counts."""

    seat: CommissionMember
    ties: Sequence[Tie]
    versions: Sequence[DeclarationVersion]
    exception: ConflictException | None

    @property
    def latest(self) -> DeclarationVersion | None:
        return self.versions[0] if self.versions else None

    @property
    def earlier(self) -> Sequence[DeclarationVersion]:
        return self.versions[1:]


class RegisterPage:
    """For who guards the procedure: everybody; for a member: the own declarations only (domain reference 6.2)."""

    def __init__(self, user: User, wanted: str, today: date) -> None:
        self.user, self.wanted, self.today = user, wanted, today

    @cached_property
    def whole(self) -> bool:
        return self.user.has_perm("subsidies.view_whole_register")

    @cached_property
    def rounds(self) -> list[SubsidyRound]:
        """Rounds in which something was, or can be, declared; newest first."""
        rounds = SubsidyRound.objects.visible_to(self.user).filter(
            Q(state__in=DECLARABLE) | Q(declaration_versions__isnull=False)
        )
        return list(rounds.distinct().order_by("-opens_at", "-pk"))

    @cached_property
    def round(self) -> SubsidyRound | None:
        """The one asked for, else the newest; None when there is none, or not that one."""
        if not self.wanted:
            return self.rounds[0] if self.rounds else None
        return next((row for row in self.rounds if str(row.pk) == self.wanted), None)

    @cached_property
    def seats(self) -> list[CommissionMember]:
        """Who sits now, and who declared in this round."""
        versions = DeclarationVersion.objects.filter(round=self.round).order_by(
            "-declared_at", "-pk"
        )
        exceptions = ConflictException.objects.filter(round=self.round)
        seats = CommissionMember.objects.filter(
            Q(pk__in=CommissionMember.objects.active_on(self.today).values("pk"))
            | Q(pk__in=versions.values("member"))
        )
        if not self.whole:
            seats = seats.filter(user=self.user)
        return list(
            seats.select_related("user", "organisation")
            .prefetch_related(
                Prefetch("declaration_versions", versions, to_attr="told"),
                Prefetch("exceptions", exceptions, to_attr="excepted"),
            )
            .order_by("user__last_name", "user__first_name", "pk")
        )

    @cached_property
    def entries(self) -> list[Entry]:
        return [
            Entry(
                seat,
                self._ties.get(seat.user_id, []),
                getattr(seat, "told", []),
                next(iter(getattr(seat, "excepted", [])), None),
            )
            for seat in self.seats
        ]

    @cached_property
    def _ties(self) -> dict[int, list[Tie]]:
        """Per user id: seats and roles with a school board or a childcare organisation, now or recent."""
        users = [seat.user_id for seat in self.seats]
        wanted = {"user__in": users, "organisation__kind__in": PARTIES}
        recent = recent_ties(self.today)
        rows: list[Any] = [
            *CommissionMember.objects.filter(recent, **wanted).select_related("organisation"),
            *RoleAssignment.objects.filter(recent, **wanted)
            .exclude(role__startswith="commission_")
            .select_related("organisation", "ikc"),
        ]
        names = self._ikcs({row.organisation_id for row in rows})
        found: dict[int, list[Tie]] = {}
        for row in rows:
            tie = Tie(row.organisation.name, _why(row), names.get(row.organisation_id, []))
            found.setdefault(row.user_id, []).append(tie)
        return found

    @staticmethod
    def _ikcs(organisations: set[int]) -> dict[int, list[str]]:
        """Per organisation the IKCs of which it is the board or a partner."""
        boards = Ikc.objects.filter(board__in=organisations).values_list("board", "name")
        partners = IkcPartner.objects.filter(organisation__in=organisations)
        found: dict[int, list[str]] = {}
        for organisation, name in sorted(
            {*boards, *partners.values_list("organisation", "ikc__name")}
        ):
            found.setdefault(organisation, []).append(name)
        return found

    HEADERS = (
        "Lid",
        "Functie",
        "Organisatie",
        "Verklaard op",
        "Telt nu",
        "Organisaties met een belang",
        "IKC's met een persoonlijk belang",
        "Toelichting",
        "Banden volgens het portaal",
        "Uitzondering",
    )

    def export(self) -> Iterator[list[object]]:
        """A row for each declaration, the earlier ones as well; a member who declared nothing has one row."""
        for entry in self.entries:
            versions: Sequence[DeclarationVersion | None] = entry.versions or [None]
            for version in versions:
                yield [
                    entry.seat.user.full_name,
                    entry.seat.get_function_display(),
                    entry.seat.organisation.name,
                    version.declared_at if version else None,
                    version is not None and version is entry.latest,
                    ", ".join(version.organisations) if version else "",
                    ", ".join(version.ikcs) if version else "",
                    version.note if version else "",
                    "; ".join(f"{tie.organisation} ({tie.why})" for tie in entry.ties),
                    entry.exception.decision_number if entry.exception else "",
                ]

    def document(self, at: datetime) -> InterestsContext:
        """The same as a document (L30): of all members, or the own declarations."""
        round_ = known(self.round)
        return InterestsContext(
            municipality=Municipality.from_settings(),
            reference=f"L30-{round_.year}-{round_.pk}",
            round_title=round_.name,
            made_at=at,
            whole=self.whole,
            members=tuple(_on_paper(entry) for entry in self.entries),
            demo=settings.DEMO,
        )

    def sheet(self) -> tuple[list[Heading], Iterator[list[object]], list[tuple[str, str]]]:
        """The same rows for Excel, with whose register it is."""
        whose = "alle leden" if self.whole else "eigen verklaringen"
        about = [("Ronde", str(self.round)), ("Register van", whose)]
        return [Heading(label, width=28) for label in self.HEADERS], self.export(), about


def _on_paper(entry: Entry) -> DeclaredMember:
    exception = entry.exception
    return DeclaredMember(
        name=entry.seat.user.full_name,
        function=entry.seat.get_function_display(),
        organisation=entry.seat.organisation.name,
        versions=tuple(
            Declared(row.declared_at, tuple(row.organisations), tuple(row.ikcs), row.note)
            for row in entry.versions
        ),
        ties=tuple(
            f"{tie.organisation} ({tie.why})" + (f": {', '.join(tie.ikcs)}" if tie.ikcs else "")
            for tie in entry.ties
        ),
        exception=f"{exception.decision_number}, {dutch_date(exception.decided_on)}. {exception.reason}"
        if exception
        else "",
    )


def _why(row: CommissionMember | RoleAssignment) -> str:
    """'schoolbestuur, als IKC-directeur, tot en met 1 mei 2025'."""
    said = row.organisation.get_kind_display()
    if isinstance(row, RoleAssignment):
        said = f"{said}, als {row.get_role_display()}"
    else:
        said = f"{said}, eigen organisatie"
    return f"{said}, tot en met {dutch_date(row.valid_until)}" if row.valid_until else said
