"""Why a subsidy may be determined below the grant (Awb 4:46(2-3)), in the words of the letter. No ORM, no clock."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices

from subsidies.motivation import Ground


class LoweringGround(TextChoices):
    """A ground of Awb 4:46(2): it may lower, never must; the recipient is heard first."""

    NOT_CARRIED_OUT = "not_carried_out", "activiteiten niet of deels uitgevoerd"
    DUTIES_NOT_MET = "duties_not_met", "verplichtingen niet nagekomen"
    WRONG_DATA_GIVEN = "wrong_data_given", "onjuiste of onvolledige gegevens"
    WRONG_AND_KNOWN = "wrong_and_known", "verlening onjuist, en de ontvanger wist dat"


# Not a choice of anybody: the amount is what the cost or the units come to.
FORMULA = "actual"
GROUNDS: Mapping[str, Ground] = MappingProxyType(
    {
        LoweringGround.NOT_CARRIED_OUT.value: Ground(
            "de activiteiten niet of niet helemaal zijn uitgevoerd",
            "artikel 4:46, tweede lid, onder a, Awb",
        ),
        LoweringGround.DUTIES_NOT_MET.value: Ground(
            "niet is voldaan aan de verplichtingen van de subsidie",
            "artikel 4:46, tweede lid, onder b, Awb",
        ),
        LoweringGround.WRONG_DATA_GIVEN.value: Ground(
            "onjuiste of onvolledige gegevens zijn gegeven, en wij met de juiste gegevens anders hadden besloten",
            "artikel 4:46, tweede lid, onder c, Awb",
        ),
        LoweringGround.WRONG_AND_KNOWN.value: Ground(
            "de verlening onjuist was en u dat wist of behoorde te weten",
            "artikel 4:46, tweede lid, onder d, Awb",
        ),
        FORMULA: Ground(
            "het bedrag afhangt van wat werkelijk is gemaakt of geleverd",
            "artikel 4:46, derde lid, Awb",
        ),
    }
)
