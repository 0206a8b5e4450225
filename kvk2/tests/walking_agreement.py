"""An agreement filled in on the screen, as small as one that can be signed."""

from agreements.models import AgreementVersion, IndicatorDefinitionVersion
from kvk2.tests.browser import Person
from monitoring.demo import texts


def fill_agreement(leader: Person, version: AgreementVersion) -> None:
    """Topics, who signs, and under each goal one result with one indicator and eight targets."""
    base = version.get_absolute_url()
    leader.go(f"{base}onderwerpen/")
    leader.fill(**texts.TOPICS)
    leader.press("Onderwerpen bewaren")
    for party in version.parties.order_by("pk"):
        leader.go(f"/resultaatafspraken/partijen/{party.pk}/wijzigen/")
        leader.fill(
            signatory_name="A. Voorbeeld",
            signatory_function="bestuurder",
            mandate_reference="statuten",
        )
        leader.press("Partij bewaren")
    codes = {1: "vve-bereik", 2: "samen-overleg", 3: "ouderbetrokkenheid"}
    for goal in version.agreement.programme.goals.order_by("order"):
        leader.go(f"{base}doelen/{goal.pk}/resultaat-toevoegen/")
        leader.fill(
            text="Meer kinderen doen mee.",
            target_group="kinderen van het IKC",
            change_kind="who_benefits",
        )
        leader.press("Resultaat bewaren")
        definition = IndicatorDefinitionVersion.objects.get(definition__code=codes[goal.order])
        result = version.results.get(goal=goal)
        leader.go(
            f"/resultaatafspraken/resultaten/{result.pk}/indicator-toevoegen/{definition.pk}/"
        )
        leader.fill(
            baseline_status="final",
            baseline_value="40",
            baseline_year="2020/21",
            tolerance="2",
            is_core=True,
            value_8="80",
        )
        leader.press("de jaren ertussen in")
        leader.press("Indicator bewaren")
