"""The columns of the list of downloads; the CSV export has the same columns."""

from typing import Any

import django_tables2 as tables

from kvk2.core.models import AuditEvent
from kvk2.nlds.tables import DateColumn, NldsTable, RowHeaderColumn


class DownloadTable(NldsTable):
    """Events of `audit.downloads`, the newest first."""

    file = RowHeaderColumn(verbose_name="Bestand", accessor="data__name", orderable=False)
    about = tables.Column("Hoort bij", accessor="data__about", orderable=False)
    actor = tables.Column("Wie", orderable=False, default="Automatisch")
    at = DateColumn(verbose_name="Wanneer", with_time=True, order_by=("at", "pk"))
    version = tables.Column("Versie", empty_values=(), orderable=False)
    ip = tables.Column("IP-adres", orderable=False, default="–")
    sha256 = tables.Column("SHA-256", accessor="data__sha256", orderable=False, visible=False)

    caption = "Downloads"

    def __init__(self, data: Any, *, searched: bool, **kwargs: Any) -> None:
        nothing = (
            "Niets gevonden. Probeer een ander woord of andere dagen."
            if searched
            else "Er is nog niets gedownload. Zodra iemand een bestand ophaalt, staat het hier."
        )
        super().__init__(data, empty_text=nothing, **kwargs)

    def render_version(self, record: AuditEvent) -> str:
        return "Origineel" if record.data.get("original") else "Gewoon"

    def value_version(self, record: AuditEvent) -> str:
        return self.render_version(record)
