"""What the page of the commission shows."""

from datetime import date
from functools import cached_property

from django.urls import reverse

from ikc.models import User
from kvk2.core.audit import events_of_kind
from kvk2.core.timeline import TimelineEntry
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.models import CommissionMember, CommissionSettings, SubsidyRound
from subsidies.services.commission import DECLARABLE
from subsidies.services.scorers import Scorers, members_who_may_score
from subsidies.timelines import full_timeline

LONGEST_TIMELINE = 30


class SeatsPage:
    def __init__(self, user: User, today: date) -> None:
        self.user, self.today = user, today

    @cached_property
    def may_manage(self) -> bool:
        return self.user.has_perm("subsidies.manage_seats")

    @cached_property
    def may_read_interests(self) -> bool:
        return self.user.has_perm("subsidies.view_register")

    @cached_property
    def seats(self) -> list[CommissionMember]:
        """The running ones first, by function and name; then who sat here earlier."""
        order = list(CommissionMember.Function)
        chair_first = {"chair": 0, "deputy_chair": 1, "secretary": 2, "member": 3}
        seats = CommissionMember.objects.select_related("user", "organisation")
        return sorted(
            seats,
            key=lambda seat: (
                self.is_over(seat),
                chair_first.get(seat.function, len(order)),
                seat.user.last_name,
                seat.pk,
            ),
        )

    def is_over(self, seat: CommissionMember) -> bool:
        return seat.valid_until is not None and seat.valid_until < self.today

    @property
    def rows(self) -> list[tuple[CommissionMember, str, str]]:
        """Each seat with the word and the kind of its badge."""
        return [(seat, *self._badge(seat)) for seat in self.seats]

    def _badge(self, seat: CommissionMember) -> tuple[str, str]:
        if self.is_over(seat):
            return "afgelopen", "inactive"
        return ("begint nog", "neutral") if seat.valid_from > self.today else ("zit nu", "success")

    @cached_property
    def settings(self) -> CommissionSettings:
        return CommissionSettings.current()

    @property
    def rules(self) -> list[Detail]:
        settings = self.settings
        decided = (
            f"{settings.decision_number}, {dutch_date(settings.decided_on)}"
            if settings.decided_on
            else "Nog niet vastgelegd: dit zijn de gewone regels"
        )
        return [
            Detail("Quorum", f"{settings.quorum} leden zonder belang"),
            Detail("Vergaderingen", "openbaar" if settings.public_meetings else "besloten"),
            Detail(
                "Advies",
                "in een vergadering, als de ronde er een heeft"
                if settings.advice_in_meeting
                else "ook buiten een vergadering",
            ),
            Detail("Een oud belang telt nog", f"{settings.look_back_years} jaar"),
            Detail(
                "Opgegeven belangen bewaren wij",
                f"{settings.keep_interests_years} jaar na het lidmaatschap",
            ),
            Detail("Collegebesluit", decided),
        ]

    @cached_property
    def round(self) -> SubsidyRound | None:
        """The newest round for which members declare or score."""
        rounds = SubsidyRound.objects.visible_to(self.user).filter(state__in=DECLARABLE)
        return rounds.order_by("-opens_at", "pk").first()

    @cached_property
    def scorers(self) -> Scorers | None:
        return members_who_may_score(self.round, self.today) if self.round else None

    @property
    def round_url(self) -> str:
        if self.round is None or not self.user.has_perm("subsidies.view_commission", self.round):
            return ""
        return reverse("subsidies:commission_round", args=[self.round.pk])

    @cached_property
    def timeline(self) -> list[TimelineEntry]:
        """Appointments, renewals and ends, newest first."""
        events = events_of_kind(CommissionMember, [seat.pk for seat in self.seats])
        verbs = ("seat_given", "seat_renewed", "seat_ended")
        return full_timeline(events.filter(verb__in=verbs)[:LONGEST_TIMELINE])
