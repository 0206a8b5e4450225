"""IKCs, organisations and people for tests; every name is distinct, no password is ever hashed (`force_login`).

``UserFactory(project_leader=True)``, ``UserFactory(director=True, ikc=ikc)``,
``UserFactory(school_board=True, organisation=board)``; see `ROLE_TRAITS`. `second_project_leader` is
the colleague whom the four-eyes rule asks for: the same role, another person.
"""

from datetime import UTC, date, datetime
from hashlib import sha256

import factory
from factory.django import DjangoModelFactory

from ikc.models import (
    ActionItem,
    AgeBand,
    AgendaItem,
    AreaDesignation,
    AreaFigure,
    AreaImport,
    AreaIndicator,
    AreaRecalibration,
    AttentionArea,
    BankAccount,
    Body,
    BodyMember,
    ChildCount,
    Consultation,
    CountSource,
    District,
    Ikc,
    IkcName,
    IkcPartner,
    IkcSuccession,
    Mandate,
    Organisation,
    PlusStatus,
    PupilCount,
    RecalibratedIkc,
    RoleAssignment,
    User,
)
from ikc.roles import Role
from ikc.states import PlusState
from ikc.states_governance import BodyKind
from kvk2.core.storage import store

ROLE_START = date(2020, 8, 1)

ROLE_TRAITS = {
    "project_leader": Role.PROJECT_LEADER,
    "second_project_leader": Role.PROJECT_LEADER,
    "director": Role.IKC_DIRECTOR,
    "member": Role.COMMISSION_MEMBER,
    "secretary": Role.COMMISSION_SECRETARY,
    "development_group": Role.DEVELOPMENT_GROUP,
    "researcher": Role.RESEARCHER,
    "signer": Role.SIGNER,
    "school_board": Role.SCHOOL_BOARD,
    "childcare_board": Role.CHILDCARE_BOARD,
    "admin": Role.ADMIN,
    "auditor": Role.AUDITOR,
}


class OrganisationFactory(DjangoModelFactory):
    """A school board, unless a trait says otherwise."""

    class Meta:
        model = Organisation

    class Params:
        municipality = factory.Trait(
            kind=Organisation.Kind.MUNICIPALITY,
            name=factory.Sequence(lambda n: f"Gemeente {n:05d}"),
            board_number="",
        )
        school_board = factory.Trait(kind=Organisation.Kind.SCHOOL_BOARD)
        childcare = factory.Trait(
            kind=Organisation.Kind.CHILDCARE,
            name=factory.Sequence(lambda n: f"Stichting Kinderopvang {n:05d}"),
            board_number="",
        )
        research = factory.Trait(
            kind=Organisation.Kind.RESEARCH,
            name=factory.Sequence(lambda n: f"Onderzoeksbureau {n:05d}"),
            board_number="",
        )
        other = factory.Trait(
            kind=Organisation.Kind.OTHER,
            name=factory.Sequence(lambda n: f"Bureau Onafhankelijk {n:05d}"),
            board_number="",
        )

    kind = Organisation.Kind.SCHOOL_BOARD
    name = factory.Sequence(lambda n: f"Stichting Scholen {n:05d}")
    short_name = factory.LazyAttribute(lambda o: o.name.removeprefix("Stichting "))
    board_number = factory.Sequence(lambda n: f"{40000 + n % 50000:05d}")
    city = "Leeuwarden"


class BankAccountFactory(DjangoModelFactory):
    """In force, and looked at by two; `proposed=True` still waits for both."""

    class Meta:
        model = BankAccount

    class Params:
        proposed = factory.Trait(
            state="proposed", checked_by=None, checked_at=None, verified_by=None, verified_at=None
        )

    organisation = factory.SubFactory(OrganisationFactory)
    iban = "NL91ABNA0417164300"
    holder = factory.LazyAttribute(lambda o: o.organisation.name)
    source = "bankafschrift van 5 januari 2026"
    state = "verified"
    proposed_at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    checked_at = datetime(2026, 1, 6, 9, 0, tzinfo=UTC)
    verified_at = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)
    checked_by = factory.SubFactory("ikc.tests.factories.UserFactory")
    verified_by = factory.SubFactory("ikc.tests.factories.UserFactory")


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District

    code = factory.Sequence(lambda n: f"WK0080{n % 100:02d}")
    year = factory.Sequence(lambda n: 2024 + n // 100)
    name = factory.Sequence(lambda n: f"Wijk {n:05d}")
    source = "test"


class AttentionAreaFactory(DjangoModelFactory):
    class Meta:
        model = AttentionArea

    district = factory.SubFactory(DistrictFactory)
    name = factory.SelfAttribute("district.name")
    valid_from = date(2021, 9, 28)
    source = "test"


class AreaIndicatorFactory(DjangoModelFactory):
    """Counts with weight 1, and a higher figure is more vulnerable; `context=True` does not count."""

    class Meta:
        model = AreaIndicator

    class Params:
        context = factory.Trait(direction="context", weight=0, family="cbs")

    code = factory.Sequence(lambda n: f"indicator-{n}")
    name = factory.Sequence(lambda n: f"Indicator {n:05d}")
    unit = "%"
    decimals = 1
    direction = "higher"
    family = "kinderen_in_tel"
    weight = 1
    source = "test"


class AreaFigureFactory(DjangoModelFactory):
    class Meta:
        model = AreaFigure

    indicator = factory.SubFactory(AreaIndicatorFactory)
    district = factory.SubFactory(DistrictFactory)
    map_year = factory.SelfAttribute("district.year")
    year = 2024
    value = 10
    reliability = "B"
    source = "test"
    retrieved_on = date(2025, 3, 1)


class AreaRecalibrationFactory(DjangoModelFactory):
    class Meta:
        model = AreaRecalibration

    year = 2023
    map_year = 2024
    figures_until = 2022
    planned_at = datetime(2023, 3, 1, 9, tzinfo=UTC)


class AreaDesignationFactory(DjangoModelFactory):
    class Meta:
        model = AreaDesignation

    recalibration = factory.SubFactory(AreaRecalibrationFactory)
    district = factory.SubFactory(DistrictFactory, year=2024)
    was_attention_area = False
    is_attention_area = False
    reliability = "B"


class RecalibratedIkcFactory(DjangoModelFactory):
    class Meta:
        model = RecalibratedIkc

    recalibration = factory.SubFactory(AreaRecalibrationFactory)
    ikc = factory.SubFactory("ikc.tests.factories.IkcFactory")
    direction = "enters"
    area = factory.SubFactory(AttentionAreaFactory)


class AreaImportFactory(DjangoModelFactory):
    """A small CSV file that waits: its columns were not named yet."""

    class Meta:
        model = AreaImport

    class Params:
        content = factory.Sequence(lambda n: f"wijkcode;jaar;cijfer\nWK008050;2024;{n}".encode())

    name = factory.Sequence(lambda n: f"cijfers-{n:05d}.csv")
    source = "test"
    licence = "test"
    retrieved_on = date(2025, 3, 1)
    map_year = 2024
    sha256 = factory.LazyAttribute(lambda o: sha256(o.content).hexdigest())
    uploaded_by = factory.SubFactory("ikc.tests.factories.UserFactory")
    uploaded_at = datetime(2025, 3, 2, 9, tzinfo=UTC)
    file = factory.LazyAttribute(
        lambda o: store(
            o.content,
            name=o.name,
            content_type="text/csv",
            scan_state="pending",
            by=None,
            at=o.uploaded_at,
        )
    )


class IkcFactory(DjangoModelFactory):
    """A regular IKC in the town; `plus=True` gives it the status Plus from 2025 to the end of the programme."""

    class Meta:
        model = Ikc
        skip_postgeneration_save = True

    class Params:
        village = factory.Trait(form=Ikc.Form.VILLAGE, city="Grou", postcode="9001 AA")
        in_area = factory.Trait(
            form=Ikc.Form.AREA, attention_area=factory.SubFactory(AttentionAreaFactory)
        )

    brin_location = factory.Sequence(
        lambda n: f"{n // 26 % 100:02d}{chr(65 + n % 26)}{chr(65 + n // 2600 % 26)}00"
    )
    name = factory.Sequence(lambda n: f"IKC Testhof {n:05d}")
    form = Ikc.Form.REGULAR
    board = factory.SubFactory(OrganisationFactory)
    street = factory.Sequence(lambda n: f"Testhofstraat {n + 1}")
    postcode = "8921 XB"
    city = "Leeuwarden"

    @factory.post_generation
    def plus(ikc, create, extracted):  # noqa: N805 - factory_boy passes the object itself
        if extracted:
            PlusStatusFactory(ikc=ikc)


class IkcNameFactory(DjangoModelFactory):
    class Meta:
        model = IkcName

    ikc = factory.SubFactory(IkcFactory)
    name = factory.SelfAttribute("ikc.name")
    source = "test"


class IkcSuccessionFactory(DjangoModelFactory):
    class Meta:
        model = IkcSuccession

    predecessor = factory.SubFactory(IkcFactory)
    successor = factory.SubFactory(IkcFactory)
    source = "test"


class IkcPartnerFactory(DjangoModelFactory):
    class Meta:
        model = IkcPartner

    ikc = factory.SubFactory(IkcFactory)
    organisation = factory.SubFactory(OrganisationFactory, childcare=True)


class BodyFactory(DjangoModelFactory):
    class Meta:
        model = Body

    kind = BodyKind.BOARD_CONSULTATION
    name = factory.Sequence(lambda n: f"Bestuurlijk overleg {n:05d}")
    started_on = date(2021, 9, 28)


class BodyMemberFactory(DjangoModelFactory):
    class Meta:
        model = BodyMember

    body = factory.SubFactory(BodyFactory)
    user = factory.SubFactory("ikc.tests.factories.UserFactory")
    organisation = factory.SubFactory(OrganisationFactory)
    valid_from = date(2021, 9, 28)


class ConsultationFactory(DjangoModelFactory):
    class Meta:
        model = Consultation

    body = factory.SubFactory(BodyFactory)
    takes_place_on = date(2023, 3, 14)


class AgendaItemFactory(DjangoModelFactory):
    """`discussed=True`: the meeting was held and the point discussed; `meeting__body__kind` names the kind of body."""

    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(ConsultationFactory)
    number = factory.Sequence(lambda n: n % 30000 + 1)
    title = factory.Sequence(lambda n: f"Agendapunt {n:05d}")
    purpose = "discuss"
    subject = None

    @classmethod
    def _create(cls, model_class, *args, discussed=False, **fields):
        item = super()._create(model_class, *args, **fields)
        if discussed:
            Consultation.objects.filter(pk=item.meeting_id).update(state="held", attendance="Allen")
            item.outcome = "discussed"
            item.save(update_fields=["outcome"])
            item.meeting.refresh_from_db()
        return item


class ActionItemFactory(DjangoModelFactory):
    class Meta:
        model = ActionItem

    body = factory.SubFactory(BodyFactory)
    title = factory.Sequence(lambda n: f"Actie {n:05d}")
    owner = factory.SubFactory("ikc.tests.factories.UserFactory")
    agreed_on = date(2023, 3, 14)
    due_on = date(2023, 6, 1)


class PlusStatusFactory(DjangoModelFactory):
    class Meta:
        model = PlusStatus

    ikc = factory.SubFactory(IkcFactory)
    state = PlusState.GRANTED
    valid_from = date(2025, 1, 1)
    valid_until = date(2028, 12, 31)
    source = "test"


class ChildCountFactory(DjangoModelFactory):
    class Meta:
        model = ChildCount

    ikc = factory.SubFactory(IkcFactory)
    reference_date = date(2026, 2, 1)
    band = AgeBand.FOUR_TWELVE
    children = 150
    source = CountSource.SCHOOL
    entered_at = datetime(2026, 2, 10, 9, tzinfo=UTC)

    class Params:
        disputed = factory.Trait(
            disputed_at=datetime(2026, 2, 12, 9, tzinfo=UTC),
            disputed_by=factory.SubFactory("ikc.tests.factories.UserFactory"),
            dispute_note="Zes leerlingen stonden nog elders ingeschreven.",
            claimed=156,
        )


def count_children(
    ikc: Ikc, day: date = date(2026, 2, 1), numbers: tuple[int, int, int] = (20, 25, 150)
) -> list[ChildCount]:
    """All three bands; 175 children of 2 and older, as the programme's own example (domain reference 1.6)."""
    return [
        ChildCountFactory(ikc=ikc, reference_date=day, band=band, children=children)
        for band, children in zip(AgeBand, numbers, strict=True)
    ]


class PupilCountFactory(DjangoModelFactory):
    class Meta:
        model = PupilCount

    ikc = factory.SubFactory(IkcFactory)
    year = 2025
    pupils = 150
    source = "test"


class RoleAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    user = factory.SubFactory("ikc.tests.factories.UserFactory")
    role = Role.PROJECT_LEADER
    organisation = factory.SubFactory(OrganisationFactory, municipality=True)
    valid_from = ROLE_START


class MandateFactory(DjangoModelFactory):
    class Meta:
        model = Mandate

    user = factory.SubFactory("ikc.tests.factories.UserFactory")
    organisation = factory.SubFactory(OrganisationFactory)
    reference = factory.Sequence(lambda n: f"Machtigingsbesluit {n}")
    valid_from = ROLE_START


class UserFactory(DjangoModelFactory):
    """Somebody with the roles that the keywords of `ROLE_TRAITS` name; nobody in particular without one."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"persoon{n}@voorbeeld.example")
    first_name = factory.Sequence(lambda n: f"Voornaam{n:05d}")
    last_name = factory.Sequence(lambda n: f"Achternaam{n:05d}")
    password = "!"  # unusable on purpose

    @classmethod
    def _create(cls, model_class, *args, ikc=None, organisation=None, **fields):
        roles = [role for trait, role in ROLE_TRAITS.items() if fields.pop(trait, False)]
        user = super()._create(model_class, *args, **fields)
        for role in roles:
            give_role(user, role, ikc=ikc, organisation=organisation)
        return user


def give_role(
    user: User, role: Role, *, ikc: Ikc | None = None, organisation: Organisation | None = None
) -> RoleAssignment:
    """The role as it is held in real life: a director with an IKC and the mandate of its board, and so on."""
    if role == Role.IKC_DIRECTOR:
        ikc = ikc or IkcFactory()
        organisation = organisation or ikc.board
        MandateFactory(user=user, organisation=ikc.board, ikc=ikc)
    else:
        ikc = None
    return RoleAssignmentFactory(
        user=user, role=role, ikc=ikc, organisation=organisation or _usual_organisation(role)
    )


def _usual_organisation(role: Role) -> Organisation:
    match role:
        case Role.SCHOOL_BOARD:
            return OrganisationFactory()
        case Role.CHILDCARE_BOARD:
            return OrganisationFactory(childcare=True)
        case Role.RESEARCHER:
            return OrganisationFactory(research=True)
        case Role.COMMISSION_MEMBER | Role.COMMISSION_SECRETARY:
            # independent: without an interest in any application
            return OrganisationFactory(other=True)
    existing = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY).order_by("pk")
    return existing.first() or OrganisationFactory(municipality=True)
