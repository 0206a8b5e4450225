"""An import of figures of districts, and the two-yearly review of the attention areas (domain reference 5.3)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class ImportState(TextChoices):
    PREVIEW = "preview", "nog te bevestigen"
    APPLIED = "applied", "ingelezen"
    DISCARDED = "discarded", "weggegooid"


F = ImportState

IMPORT_WORKFLOW = Workflow(
    "Import van wijkcijfers",
    ImportState,
    [
        Transition("apply", frozenset({F.PREVIEW}), F.APPLIED, "Inlezen", "projectleider"),
        Transition("discard", frozenset({F.PREVIEW}), F.DISCARDED, "Weggooien", "projectleider"),
    ],
)
IMPORT_BADGES = {F.PREVIEW: "warning", F.APPLIED: "success", F.DISCARDED: "inactive"}


class RecalibrationState(TextChoices):
    PLANNED = "planned", "gepland"
    COLLECTING = "collecting", "cijfers verzamelen"
    ANALYSED = "analysed", "geanalyseerd"
    DISCUSSED = "discussed", "besproken"
    ADOPTED = "adopted", "vastgesteld"
    EFFECTIVE = "effective", "ingegaan"


R = RecalibrationState

# Domain reference 5.3. What was analysed or discussed may be done again, until the college has adopted the list.
RECALIBRATION_WORKFLOW = Workflow(
    "Herijking van de aandachtsgebieden",
    RecalibrationState,
    [
        Transition(
            "collect",
            frozenset({R.PLANNED, R.ANALYSED}),
            R.COLLECTING,
            "Cijfers verzamelen",
            "projectleider",
        ),
        Transition(
            "analyse", frozenset({R.COLLECTING}), R.ANALYSED, "Analyse vastleggen", "projectleider"
        ),
        Transition(
            "discuss",
            frozenset({R.ANALYSED}),
            R.DISCUSSED,
            "Bespreking vastleggen",
            "projectleider",
        ),
        Transition(
            "reconsider",
            frozenset({R.DISCUSSED}),
            R.ANALYSED,
            "Voorstel aanpassen",
            "projectleider",
        ),
        Transition(
            "adopt",
            frozenset({R.DISCUSSED}),
            R.ADOPTED,
            "Vaststellen",
            "ondertekenaar namens het college",
        ),
        Transition(
            "take_effect",
            frozenset({R.ADOPTED}),
            R.EFFECTIVE,
            "Laten ingaan",
            "systeem op de ingangsdatum, of de projectleider",
        ),
    ],
)
RECALIBRATION_BADGES = {
    R.PLANNED: "neutral",
    R.COLLECTING: "neutral",
    R.ANALYSED: "warning",
    R.DISCUSSED: "warning",
    R.ADOPTED: "warning",
    R.EFFECTIVE: "success",
}
