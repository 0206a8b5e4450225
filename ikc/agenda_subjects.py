"""The things of this app that a meeting may be about."""

from ikc.agenda import Subject, register
from ikc.models import AreaRecalibration, Ikc, PlusStatus
from ikc.states import PlusState
from ikc.states_areas import RecalibrationState

# A status Plus is discussed before it is proposed, and when the areas were reviewed.
DISCUSSED_IN = (PlusState.CONDITIONS_CHECK, PlusState.UNDER_RECALIBRATION)


def register_subjects() -> None:
    register(
        Subject(
            "plusstatus",
            "Predicaat Plus",
            seen=lambda user: PlusStatus.objects.filter(
                ikc__in=Ikc.objects.visible_to(user)
            ).select_related("ikc"),
            waiting=lambda user: (
                PlusStatus.objects.filter(state__in=DISCUSSED_IN)
                .select_related("ikc")
                .order_by("ikc__name", "pk")
            ),
        )
    )
    register(
        Subject(
            "arearecalibration",
            "Herijking van de aandachtsgebieden",
            seen=lambda user: AreaRecalibration.objects.visible_to(user),
            waiting=lambda user: AreaRecalibration.objects.filter(
                state=RecalibrationState.ANALYSED
            ).order_by("year"),
        )
    )
    register(
        Subject(
            "ikc",
            "IKC",
            seen=lambda user: Ikc.objects.visible_to(user),
            # any IKC may be discussed: from its own page
            waiting=lambda user: Ikc.objects.none(),
        )
    )
