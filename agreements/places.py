"""The places in an agreement that somebody may say something about, each with the name it has in the text.

Works on a version that was loaded `with_content()` and asks the database nothing.
"""

from collections.abc import Iterator

from agreements.models import AgreementVersion
from agreements.states import CommentPlace

Place = tuple[str, str]
WHOLE: Place = (CommentPlace.WHOLE, "")
LONGEST_LABEL = 200


def places(version: AgreementVersion) -> dict[Place, str]:
    """What each place is called, in the order of the document."""
    found = {WHOLE: "De hele afspraak", **dict(_named(version))}
    return {place: label[:LONGEST_LABEL] for place, label in found.items()}


def _named(version: AgreementVersion) -> Iterator[tuple[Place, str]]:
    for result in version.results.all():
        yield (
            (CommentPlace.RESULT, str(result.pk)),
            f"Resultaat {result.label}: {result.text}",
        )
        for indicator in result.indicators.all():
            yield (
                (CommentPlace.INDICATOR, str(indicator.series_key)),
                f"Indicator bij {result.label}: {indicator.definition.name}",
            )
    for party in version.parties.all():
        yield (CommentPlace.PARTY, str(party.pk)), f"Partij: {party.organisation_name}"
        for row in party.contributions.all():
            yield (
                (CommentPlace.CONTRIBUTION, str(row.pk)),
                f"Bijdrage van {party.organisation_name} in {row.budget_year}: {row.description}",
            )
    for topic in version.topics.all():
        yield (CommentPlace.TOPIC, topic.code), f"Onderwerp: {topic.get_code_display()}"
