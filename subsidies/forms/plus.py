"""The form for the letter about the status Plus."""

from typing import Any

from crispy_forms.layout import Layout

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, LinkButton, NldsHelper
from subsidies.forms.fields import story


class PlusLetterForm(NldsForm):
    """What the letter says besides what is known; what was heard only where something is taken away."""

    motivation = story("Waarom", "Schrijf op waarom u dit schrijft.", longest=4000)
    view = story(
        "Reactie van het bestuur",
        "Schrijf op wat het bestuur vooraf zei, en wat daarmee is gedaan.",
        longest=3000,
        help_text="Het bestuur reageert vóór het besluit (artikel 4:8 Awb).",
    )
    run_out = story(
        "Afbouw",
        "Schrijf op hoe de ondersteuning en het geld aflopen.",
        longest=2000,
        rows=4,
        help_text="Noem de dag waarop de inzet stopt.",
    )

    def __init__(self, *args: Any, burden: bool, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heard = ["view", "run_out"]
        if not burden:
            for name in heard:
                del self.fields[name]
        shown = ["motivation", *(heard if burden else [])]
        self.helper = NldsHelper(form_id="brief-predicaat")
        self.helper.layout = Layout(
            *(CharacterCount(name) for name in shown),
            Actions(Button("draft", "Brief klaarzetten"), LinkButton(back_url, "Annuleren")),
        )

    def words(self) -> dict[str, str]:
        """What was typed; empty for what was not asked."""
        return {name: self.cleaned_data.get(name, "") for name in ("motivation", "view", "run_out")}
