"""The status Plus of one IKC with its letters: what there is, and what the reader can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ikc.models import Ikc, PlusStatus, User
from subsidies.models import PlusLetter
from subsidies.services.plus_letters import KINDS


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One status; `title` names the letter about its state, empty where there is none to make."""

    status: PlusStatus
    letters: Sequence[PlusLetter]  # those that the reader may see
    title: str
    may_draft: bool
    may_sign: PlusLetter | None


class PlusPage:
    """For who may see the letters of this IKC; a draft is for the municipality."""

    def __init__(self, ikc: Ikc, user: User) -> None:
        self.ikc, self.user = ikc, user

    @property
    def sees_proof(self) -> bool:
        return self.user.has_perm("subsidies.view_message_proof")

    @cached_property
    def rows(self) -> list[StatusRow]:
        letters = PlusLetter.objects.filter(status__ikc=self.ikc).select_related(
            "drafted_by", "signed_by", "stored"
        )
        by_status: dict[int, list[PlusLetter]] = {}
        for letter in letters.order_by("pk"):
            by_status.setdefault(letter.status_id, []).append(letter)
        statuses = PlusStatus.objects.filter(ikc=self.ikc).order_by("-pk")
        return [self._row(status, by_status.get(status.pk, [])) for status in statuses]

    def _row(self, status: PlusStatus, letters: list[PlusLetter]) -> StatusRow:
        kind = KINDS.get(status.state)
        present = next((row for row in letters if row.kind == kind), None)
        waiting = present is not None and not present.is_signed
        return StatusRow(
            status=status,
            letters=[row for row in letters if row.is_signed or self.user.is_municipal],
            title=str(kind.label) if kind else "",
            may_draft=kind is not None
            and (present is None or waiting)
            and self.user.has_perm("subsidies.draft_plus_letter"),
            may_sign=present
            if waiting and self.user.has_perm("subsidies.sign_plus_letter", present)
            else None,
        )
