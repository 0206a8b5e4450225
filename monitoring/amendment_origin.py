"""The conclusion behind a version of an agreement, for its page in `agreements`."""

from typing import TYPE_CHECKING

from agreements.origins import Origin
from monitoring.models import Conclusion

if TYPE_CHECKING:
    from agreements.models import AgreementVersion
    from ikc.models import User


def conclusion_behind(version: "AgreementVersion", user: "User") -> list[Origin]:
    found = Conclusion.objects.visible_to(user).filter(amendment__version=version).for_page()
    return [
        Origin(
            f"Conclusie over {row.of_return.cycle.year} bij resultaat {row.result.label}: {row.get_verdict_display()}",
            row.get_absolute_url(),
        )
        for row in found
    ]
