"""What the project leader records about an IKC: its area, its partners, what became of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from ikc.models import AttentionArea, District, Ikc, IkcPartner, IkcSuccession, Organisation, User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError


class ChangeRefused(DomainError):
    """These facts contradict each other."""


@dataclass(frozen=True, slots=True)
class IkcFacts:
    """What the municipality decides or knows itself; the rest comes from DUO, and what is kept by date has its own deeds."""

    attention_area: AttentionArea | None
    founding: bool
    extended_learning_time: bool
    note: str
    # Where it stands; None: where its attention area is, or not known.
    district: District | None = None


@transaction.atomic
def change_ikc(ikc: Ikc, *, facts: IkcFacts, by: User, at: datetime) -> Ikc:
    """Store `facts`; what was and what is now goes into the trail."""
    ikc = (
        Ikc.objects.select_for_update(of=("self",))
        .select_related("attention_area__district", "district")
        .get(pk=ikc.pk)
    )
    if facts.attention_area is not None and ikc.form != Ikc.Form.AREA:
        raise ChangeRefused(
            f"Een IKC in {facts.attention_area} heeft de vorm ‘{Ikc.Form.AREA.label}’. "
            "Wijzig eerst de vorm, met de dag waarop die inging."
        )
    values = {name: getattr(facts, name) for name in IkcFacts.__dataclass_fields__}
    values["district"] = _district(facts)
    changes = {
        name: [_plain(getattr(ikc, name)), _plain(value)]
        for name, value in values.items()
        if getattr(ikc, name) != value
    }
    if changes:
        for name in changes:
            setattr(ikc, name, values[name])
        ikc.save(update_fields=list(changes))
        record(ikc, "ikc.changed", actor=by, at=at, changes=changes)
    return ikc


def _district(facts: IkcFacts) -> District | None:
    """An IKC lies in an attention area when its district does; refusal: `ChangeRefused` when the two contradict."""
    area = facts.attention_area
    if area is None or facts.district is None:
        return area.district if area else facts.district
    own = facts.district
    if (own.code, own.name) != (area.district.code, area.district.name):
        raise ChangeRefused(f"{area} is een andere wijk dan {own.name}.")
    return own


@transaction.atomic
def add_partner(
    ikc: Ikc, organisation: Organisation, *, valid_from: date, source: str, by: User, at: datetime
) -> IkcPartner:
    """A childcare organisation starts to work in the IKC."""
    ikc = Ikc.objects.select_for_update(of=("self",)).get(pk=ikc.pk)
    if organisation.kind != Organisation.Kind.CHILDCARE:
        raise ChangeRefused(f"{organisation} is geen kinderopvangorganisatie.")
    running = ikc.partners.filter(organisation=organisation).filter(
        Q(valid_until=None) | Q(valid_until__gte=valid_from)
    )
    if running.exists():
        raise ChangeRefused(f"{organisation} is in deze periode al partner van {ikc}.")
    partner = IkcPartner.objects.create(
        ikc=ikc, organisation=organisation, valid_from=valid_from, source=source
    )
    record(ikc, "ikc.partner_added", actor=by, at=at, reason=f"{organisation}.", partner=partner.pk)
    return partner


@transaction.atomic
def end_partner(partner: IkcPartner, *, last_day: date, by: User, at: datetime) -> IkcPartner:
    partner = (
        IkcPartner.objects.select_for_update(of=("self",))
        .select_related("organisation", "ikc")
        .get(pk=partner.pk)
    )
    if partner.valid_until is not None:
        raise ChangeRefused("Deze samenwerking heeft al een einddatum.")
    if partner.valid_from is not None and last_day < partner.valid_from:
        raise ChangeRefused("De laatste dag ligt vóór het begin van de samenwerking.")
    partner.valid_until = last_day
    partner.save(update_fields=["valid_until"])
    record(
        partner.ikc, "ikc.partner_ended", actor=by, at=at,
        reason=f"{partner.organisation}.", partner=partner.pk,
    )  # fmt: skip
    return partner


@transaction.atomic
def confirm_succession(
    succession: IkcSuccession, *, happened_on: date, source: str, by: User, at: datetime
) -> IkcSuccession:
    """Somebody found out that the merger is real; the predecessor closes on the day that it happened."""
    succession = (
        IkcSuccession.objects.select_for_update(of=("self",))
        .select_related("predecessor", "successor")
        .get(pk=succession.pk)
    )
    if succession.confirmed:
        raise ChangeRefused("Deze samenvoeging is al bevestigd.")
    succession.confirmed, succession.happened_on = True, happened_on
    succession.source = source
    succession.save(update_fields=["confirmed", "happened_on", "source"])
    predecessor = Ikc.objects.select_for_update(of=("self",)).get(pk=succession.predecessor_id)
    if predecessor.closed_on is None:
        predecessor.closed_on = happened_on
        predecessor.save(update_fields=["closed_on"])
    for ikc in (predecessor, succession.successor):
        record(
            ikc, "ikc.succession_confirmed", actor=by, at=at,
            reason=f"{succession}. {source}", succession=succession.pk,
        )  # fmt: skip
    return succession


def _plain(value: object) -> object:
    """For the trail: the name of an area or a district, any other value as it is."""
    return str(value) if isinstance(value, AttentionArea | District) else value


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """The names and the address of an organisation; its numbers come from registers."""

    name: str
    short_name: str
    kvk_number: str
    street: str
    postcode: str
    city: str
    electronic_consent_at: datetime | None


@transaction.atomic
def change_organisation(
    organisation: Organisation, *, facts: OrganisationFacts, by: User, at: datetime
) -> Organisation:
    """Store `facts`. Consent to digital post (Awb 2:8) is a statement of the organisation itself."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    same_name = Organisation.objects.filter(kind=organisation.kind, name__iexact=facts.name)
    if same_name.exclude(pk=organisation.pk).exists():
        raise ChangeRefused("Er is al een organisatie van deze soort met deze naam.")
    changes = [
        name for name, value in asdict(facts).items() if getattr(organisation, name) != value
    ]
    if changes:
        for name in changes:
            setattr(organisation, name, getattr(facts, name))
        organisation.save(update_fields=changes)
        record(organisation, "organisation.changed", actor=by, at=at, fields=changes)
    return organisation
