"""The areas of development that a plan can aim at, broad as the programme asks (domain reference 7.3)."""

from collections.abc import Iterable

from django.db.models import TextChoices


class Domain(TextChoices):
    LANGUAGE = "language", "taal en lezen"
    MATHS = "maths", "rekenen"
    SOCIAL = "social", "sociaal en emotioneel"
    MOVEMENT = "movement", "bewegen en gezondheid"
    ARTS = "arts", "kunst, cultuur en muziek"
    SCIENCE = "science", "natuur, techniek en digitaal"
    CITIZENSHIP = "citizenship", "burgerschap en wereld"


def domain_labels(codes: Iterable[str]) -> list[str]:
    """The names of the chosen areas, in their fixed order."""
    chosen = set(codes)
    return [domain.label for domain in Domain if domain.value in chosen]
