"""Who may see which agreements (domain reference 6.2, monitoring reference 3.5), and the reads that pages need."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce

from agreements.states import (
    CONCLUDED,
    OPEN,
    SIGNING_ROLE,
    AgreementState,
    ClauseCode,
    PartyRole,
    TopicCode,
)
from ikc.roles import Role

if TYPE_CHECKING:
    from ikc.models import User

# The parties have the text before them, or must sign it.
TALKED_ABOUT = (AgreementState.NEGOTIATION, AgreementState.AGREED, AgreementState.SIGNING)


class ProgrammeYearQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        return self.order_by("index")


class ResultAgreementQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Who reads the text, and the Ontwikkelgroep where there is something to read in summary."""
        in_full = self._in_full_for(user)
        if in_full is None:
            return self.all()
        if user.has_role(Role.DEVELOPMENT_GROUP):
            concluded = apps.get_model("agreements", "AgreementVersion").objects.concluded()
            return self.filter(in_full | Q(pk__in=concluded.values("agreement")))
        return self.filter(in_full)

    def read_in_full_by(self, user: "User") -> Self:
        """The municipality reads all; a director the own IKC; a board where it is a party or runs the school."""
        in_full = self._in_full_for(user)
        return self.all() if in_full is None else self.filter(in_full)

    @staticmethod
    def _in_full_for(user: "User") -> Q | None:
        """Which agreements `user` reads with all that stands in them; None for all of them."""
        if user.is_municipal:
            return None
        boards = user.organisation_ids(Role.SCHOOL_BOARD)
        organisations = user.organisation_ids(Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD)
        party_to = (
            apps.get_model("agreements", "AgreementParty")
            .objects.filter(organisation__in=organisations)
            .values("version__agreement")
        )
        return (
            Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(ikc__board__in=boards)
            | Q(pk__in=party_to)
        )

    def for_list(self) -> Self:
        names = ("ikc__name", "ikc__board__name", "ikc__board__short_name")
        return self.select_related("ikc__board").only("reference", *names)

    def in_force(self) -> Self:
        return self.filter(versions__state=AgreementState.IN_FORCE)

    def in_discussion(self) -> Self:
        """What the parties have before them, and what one of them gave notice of; by the name of the IKC."""
        versions = apps.get_model("agreements", "AgreementVersion").objects.filter(
            Q(state__in=TALKED_ABOUT) | Q(state=AgreementState.IN_FORCE, termination__isnull=False)
        )
        return self.filter(pk__in=versions.values("agreement")).order_by("ikc__name", "pk")

    def with_current_version(self, user: "User") -> Self:
        """Annotates the version that `user` looks at first: the open one, else the one in force, else the last."""
        current = (
            apps.get_model("agreements", "AgreementVersion")
            .objects.summarised_to(user)
            .filter(agreement=OuterRef("pk"))
            .by_relevance()
        )
        parties = (
            apps.get_model("agreements", "AgreementParty")
            .objects.filter(version=OuterRef("current_id"))
            .order_by()
            .values("version")
        )
        return self.annotate(
            current_id=Subquery(current.values("pk")[:1]),
            current_state=Subquery(current.values("state")[:1]),
            current_number=Subquery(current.values("number")[:1]),
            current_in_force_from=Subquery(current.values("in_force_from")[:1]),
            party_count=Subquery(parties.annotate(n=Count("pk")).values("n")),
            signed_count=Subquery(
                parties.filter(signature__isnull=False).annotate(n=Count("pk")).values("n")
            ),
        )

    def currently(self, state: str, user: "User") -> Self:
        """Those of which the version that `user` looks at first is in `state`.

        The same order as `by_relevance`, as a test of existence: to rank the versions of every agreement costs a list
        of thousands most of its time.
        """
        seen = apps.get_model("agreements", "AgreementVersion").objects.summarised_to(user)
        wanted = seen.filter(agreement=OuterRef("pk"), state=state)
        if state in OPEN:
            return self.filter(Exists(wanted))
        before = OPEN if state == AgreementState.IN_FORCE else (*OPEN, AgreementState.IN_FORCE)
        newer = seen.filter(agreement=OuterRef("agreement"), number__gt=OuterRef("number"))
        if state != AgreementState.IN_FORCE:
            wanted = wanted.filter(~Exists(newer))
        return self.filter(
            ~Exists(seen.filter(agreement=OuterRef("pk"), state__in=before)), Exists(wanted)
        )

    def figures(self) -> dict[str, int]:
        """How many agreements there are, and how many have a draft, one to sign, one in force and one that was ended."""
        counts = {
            state.value: Count("versions", filter=Q(versions__state=state))
            for state in (*OPEN, AgreementState.IN_FORCE, AgreementState.TERMINATED)
        }
        return self.order_by().aggregate(total=Count("pk", distinct=True), **counts)


class AgreementVersionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The texts that `user` reads in full: what the parties say and put in stands in them."""
        agreements = apps.get_model("agreements", "ResultAgreement").objects.read_in_full_by(user)
        return self.filter(agreement__in=agreements)

    def summarised_to(self, user: "User") -> Self:
        """Those, and for the Ontwikkelgroep what is or was in force (domain reference 6.2, 'R summary')."""
        if user.is_municipal:
            return self.all()
        agreements = apps.get_model("agreements", "ResultAgreement").objects.read_in_full_by(user)
        seen = Q(agreement__in=agreements)
        if user.has_role(Role.DEVELOPMENT_GROUP):
            seen |= Q(state__in=CONCLUDED)
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def in_force(self) -> Self:
        return self.filter(state=AgreementState.IN_FORCE)

    def concluded(self) -> Self:
        """In force now or in an earlier year: versions that a year may be judged by."""
        return self.filter(state__in=CONCLUDED)

    def by_relevance(self) -> Self:
        """The open version first, then the one in force, then the newest."""
        rank = Case(
            When(state__in=OPEN, then=0),
            When(state=AgreementState.IN_FORCE, then=1),
            default=2,
        )
        return self.order_by(rank, "-number", "-pk")

    def for_page(self) -> Self:
        return self.select_related(
            "agreement__ikc__board",
            "agreement__programme",
            "effective_year",
            "area_recalibration",
        )

    def with_summary(self) -> Self:
        """The results with their indicators and targets, and what the parties put in, in a fixed number of queries."""
        rows = partial(apps.get_model, "agreements")
        contributions = (
            rows("Contribution")
            .objects.select_related("source")
            .order_by("budget_year", "kind", "description", "pk")
        )
        results = (
            rows("AgreedResult")
            .objects.select_related("goal")
            .order_by("goal__order", "number", "pk")
        )
        indicators = (
            rows("AgreedIndicator")
            .objects.select_related("definition_version__definition", "baseline_planned_year")
            .order_by("pk")
        )
        targets = rows("YearTarget").objects.select_related("year").order_by("year__index")
        parties = (
            rows("AgreementParty")
            .objects.in_order()
            .select_related("signature__document", "consent__revision", "refusal")
        )
        return self.for_page().prefetch_related(
            Prefetch("agreement__programme__goals", rows("Goal").objects.order_by("order")),
            Prefetch("parties", parties),
            Prefetch("parties__contributions", contributions),
            Prefetch("results", results),
            Prefetch("results__indicators", indicators),
            Prefetch("results__indicators__targets", targets),
        )

    def with_content(self) -> Self:
        """The whole text in a fixed number of queries, each part in the order in which it is printed."""
        rows = partial(apps.get_model, "agreements")
        return self.with_summary().prefetch_related(
            Prefetch("agreement__programme__years", rows("ProgrammeYear").objects.in_order()),
            Prefetch("topics", rows("AgreementTopic").objects.in_order()),
            Prefetch("clauses", rows("AgreementClause").objects.in_order()),
            *self._means(),
        )

    @staticmethod
    def _means() -> list[Prefetch]:
        """How the results are to be reached, in the order in which it is printed."""
        rows = partial(apps.get_model, "agreements")
        measures = (
            rows("Measure")
            .objects.select_related("result__goal")
            .order_by("result__goal__order", "result__number", "planned_from", "pk")
        )
        staffing = (
            rows("StaffingCommitment")
            .objects.select_related("from_year", "until_year")
            .order_by("from_year__index", "pk")
        )
        return [
            Prefetch(
                "analyses", rows("DataAnalysis").objects.select_related("stored").order_by("pk")
            ),
            Prefetch("measures", measures),
            Prefetch("staffing", staffing),
            Prefetch("steering", rows("SteeringArrangement").objects.order_by("pk")),
        ]

    def awaiting_signature_of(self, user: "User") -> Self:
        """Versions that `user` may sign today and that their party has not signed yet."""
        parties = apps.get_model("agreements", "AgreementParty").objects.signable_by(user)
        return self.filter(state=AgreementState.SIGNING, parties__in=parties.unsigned()).distinct()


def in_listed_order(field: str, values: list[str]) -> Case:
    """An ordering by the place of `field` in `values`: as an enum lists its members, not by alphabet."""
    return Case(*(When(**{field: value, "then": place}) for place, value in enumerate(values)))


# Who reads the library of indicators besides the municipality.
LIBRARY_READERS = (
    Role.DEVELOPMENT_GROUP,
    Role.RESEARCHER,
    Role.IKC_DIRECTOR,
    Role.SCHOOL_BOARD,
    Role.CHILDCARE_BOARD,
)


class IndicatorDefinitionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The library is the same for all who agree, measure or decide; nobody else needs it."""
        if user.is_municipal or user.has_role(*LIBRARY_READERS):
            return self.all()
        return self.none()

    def for_list(self) -> Self:
        """Annotates how many versions there are, the day of the newest, and how many agreements use it."""
        versions = apps.get_model("agreements", "IndicatorDefinitionVersion").objects
        newest = versions.filter(definition=OuterRef("pk")).order_by("-number")
        uses = (
            apps.get_model("agreements", "AgreedIndicator")
            .objects.filter(definition_version__definition=OuterRef("pk"))
            .exclude(version__state=AgreementState.WITHDRAWN)
            .order_by()
            .values("definition_version__definition")
            .annotate(n=Count("version__agreement", distinct=True))
            .values("n")
        )
        return self.annotate(
            version_number=Subquery(newest.values("number")[:1]),
            valid_from=Subquery(newest.values("valid_from")[:1]),
            breaks_series=Subquery(newest.values("breaks_series")[:1]),
            use_count=Coalesce(Subquery(uses), 0),
        )

    def used_under(self, goal_id: int) -> Self:
        """Those that measure a result under this goal in some agreement."""
        indicators = apps.get_model("agreements", "AgreedIndicator").objects
        return self.filter(
            Exists(
                indicators.filter(
                    definition_version__definition=OuterRef("pk"), result__goal=goal_id
                ).exclude(version__state=AgreementState.WITHDRAWN)
            )
        )


class DefinitionVersionQuerySet(models.QuerySet):
    def current(self) -> Self:
        """The newest version of each definition: the one that a new agreement uses."""
        newer = self.model._default_manager.filter(
            definition=OuterRef("definition"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer)).select_related("definition")


class ContributionStepQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        return self.order_by("recorded_at", "pk")


class StaffingRealisationQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        return self.order_by("recorded_at", "pk")


class AgreementTopicQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        return self.order_by(in_listed_order("code", TopicCode.values))


class ClauseQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        return self.order_by(in_listed_order("code", ClauseCode.values))


class StandardClauseQuerySet(ClauseQuerySet):
    def on(self, day: date) -> Self:
        """The version of each clause that a new agreement starts with on `day`."""
        known = self.filter(valid_from__lte=day)
        later = known.filter(
            programme=OuterRef("programme"), code=OuterRef("code"), number__gt=OuterRef("number")
        )
        return known.filter(~Exists(later))


class AgreementPartyQuerySet(models.QuerySet):
    def in_order(self) -> Self:
        """Municipality, school boards, childcare, as agreements name them."""
        return self.order_by(in_listed_order("role", PartyRole.values), "organisation_name", "pk")

    def unsigned(self) -> Self:
        return self.filter(signature=None)

    def without_consent(self) -> Self:
        return self.filter(consent=None)

    def signable_by(self, user: "User") -> Self:
        """The parties for which `user` holds the signing role today."""
        mandated = Q(pk__in=[])
        for party_role, role in SIGNING_ROLE.items():
            if organisations := user.organisation_ids(role):
                mandated |= Q(role=party_role, organisation__in=organisations)
        return self.filter(mandated)


class CommentQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def for_page(self) -> Self:
        """With who wrote, answered and settled; the oldest first."""
        answers = (
            apps.get_model("agreements", "CommentAnswer")
            .objects.select_related("author")
            .order_by("written_at", "pk")
        )
        return (
            self.select_related("author", "settled_by")
            .prefetch_related(Prefetch("answers", answers))
            .order_by("written_at", "pk")
        )
