"""What is asked once for a deed with many applications; the page around it holds the form and names the applications."""

from typing import Any

from crispy_forms.layout import Layout

from kvk2.nlds.layout import CharacterCount, NldsHelper
from subsidies.forms.terms import CompletionExtensionForm, LaterDecisionForm


class LongerForAllForm(CompletionExtensionForm):
    """Until when all of them may complete now, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, back_url="", **kwargs)
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout("due_on", CharacterCount("reason"))


class LaterForAllForm(LaterDecisionForm):
    """The day on which all of them will have a decision, and why it is later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, back_url="", **kwargs)
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout("expected_on", CharacterCount("reason"))


# By the key of the deed; a deed that is not here asks nothing.
FORMS = {"longer": LongerForAllForm, "later": LaterForAllForm}
