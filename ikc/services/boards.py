"""Which school board runs an IKC: the one of today, and the rows of those before it."""

from datetime import date, timedelta

from ikc.models import Ikc, IkcBoard, Organisation
from ikc.services.centres import ChangeRefused

DAY = timedelta(days=1)


def follow_board(
    ikc: Ikc, board: Organisation, *, valid_from: date, source: str
) -> tuple[IkcBoard, IkcBoard]:
    """The former board ends the day before, `board` begins; `ikc` itself is for the caller to save. Refusal: `ChangeRefused`."""
    running = ikc.boards.filter(valid_until=None).first()
    if running is None:
        running = IkcBoard(ikc=ikc, organisation=ikc.board, source="register")
    if running.valid_from is not None and running.valid_from >= valid_from:
        raise ChangeRefused("Op die dag was het vorige bestuur er nog niet. Kies een latere dag.")
    running.valid_until = valid_from - DAY
    running.save()
    new = IkcBoard.objects.create(ikc=ikc, organisation=board, valid_from=valid_from, source=source)
    ikc.board = board
    return running, new
