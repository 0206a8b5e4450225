"""Support hours and requests for tests; the smallest that is right."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from ikc.models import SupportPool, SupportRequest, SupportWorker, SupportWorkerAllocation
from ikc.tests.factories import IkcFactory, OrganisationFactory


class SupportPoolFactory(DjangoModelFactory):
    class Meta:
        model = SupportPool

    kind = "vve"
    year = 2026
    workers = 9
    hours_each = 16
    source = "test"


class SupportWorkerFactory(DjangoModelFactory):
    class Meta:
        model = SupportWorker

    label = factory.Sequence(lambda n: f"jeugdondersteuner {n}")
    employer = factory.SubFactory(OrganisationFactory, other=True)


class AllocationFactory(DjangoModelFactory):
    """16 hours VVE in 2026."""

    class Meta:
        model = SupportWorkerAllocation

    ikc = factory.SubFactory(IkcFactory, plus=True)
    kind = "vve"
    worker = factory.SubFactory(SupportWorkerFactory)
    hours_per_week = 16
    valid_from = date(2026, 1, 1)
    valid_until = date(2026, 12, 31)
    source = "test"


class SupportRequestFactory(DjangoModelFactory):
    class Meta:
        model = SupportRequest

    ikc = factory.SubFactory(IkcFactory)
    kind = "consultation"
    wanted_kind = "pedagogue"
    question = "Wie denkt er mee over ouders?"
    requested_by = factory.SubFactory("ikc.tests.factories.UserFactory")
    requested_at = datetime(2026, 3, 2, 9, tzinfo=UTC)
