"""Agreements as things that a meeting may be about."""

from agreements.models import ResultAgreement
from ikc.agenda import Subject, register


def register_subjects() -> None:
    register(
        Subject(
            "resultagreement",
            "Resultaatafspraak",
            seen=lambda user: ResultAgreement.objects.visible_to(user).select_related("ikc"),
            waiting=lambda user: (
                ResultAgreement.objects.visible_to(user).in_discussion().select_related("ikc")
            ),
            name=lambda agreement: f"{agreement} {agreement.ikc}",
        )
    )
