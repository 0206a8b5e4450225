"""How far a deed on the decisions of a round is, and after it the making of their letters."""

from functools import cached_property

from subsidies.models import BundleDeed, SubsidyRound

DOING = {
    BundleDeed.Deed.DRAFT: "De conceptbesluiten worden gemaakt",
    BundleDeed.Deed.CHECK: "De besluiten worden voorgelegd",
    BundleDeed.Deed.APPROVE: "De toets wordt vastgelegd",
    BundleDeed.Deed.TAKE: "De besluiten worden genomen",
}


class BundleProgress:
    """What is going on in `round_`, read once."""

    def __init__(self, round_: SubsidyRound) -> None:
        self.last = round_.bundle_deeds.order_by("-pk").first()

    @property
    def runs(self) -> bool:
        return self.last is not None and self.last.is_waiting

    @cached_property
    def _letters(self) -> tuple[int, int]:
        """Made, and all of them, of the letters that go out together."""
        if self.last is None or self.last.done_at is None or self.last.sent_at is not None:
            return 0, 0
        states = list(self.last.letters.electronic().values_list("rendered_at", flat=True))
        return sum(state is not None for state in states), len(states)

    @property
    def made(self) -> int:
        return self._letters[0]

    @property
    def total(self) -> int:
        return self._letters[1]

    @property
    def is_busy(self) -> bool:
        return self.runs or self.total > 0

    @property
    def sentence(self) -> str:
        if self.runs and self.last is not None:
            return f"{DOING[BundleDeed.Deed(self.last.deed)]}."
        return f"{self.made} van de {self.total} brieven zijn gemaakt. Als ze allemaal klaar zijn, gaan ze tegelijk uit."

    @property
    def refusal(self) -> str:
        """Why the last deed was not done; empty when it was."""
        return self.last.refusal if self.last is not None else ""

    @property
    def refused_heading(self) -> str:
        return f"Niet gelukt: {self.last.get_deed_display()}" if self.last is not None else ""
