"""What an activity can aim at: the goals of the programme, areas of development, ages (domain reference 1.1, 1.2)."""

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


class ProgrammeGoal(TextChoices):
    """The three goals of the programme, exactly (domain reference 1.2)."""

    INEQUALITY = "inequality", "minder ongelijkheid"
    QUALITY = "quality", "betere kwaliteit van onderwijs en opvang"
    WELLBEING = "wellbeing", "goede gezondheid en welzijn"


class AgeGroup(TextChoices):
    AGE_0_1 = "age_0_1", "0 en 1 jaar"
    AGE_2_3 = "age_2_3", "2 en 3 jaar"
    AGE_4_7 = "age_4_7", "4 tot en met 7 jaar"
    AGE_8_12 = "age_8_12", "8 tot en met 12 jaar"
    PARENTS = "parents", "ouders"


def labels_of(choices: type[TextChoices], codes: Iterable[str]) -> list[str]:
    """The names of the chosen codes, in their fixed order."""
    chosen = set(codes)
    return [choice.label for choice in choices if choice.value in chosen]
