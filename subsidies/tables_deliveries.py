"""The list of all e-mail that the portal sends."""

import django_tables2 as tables

from kvk2.nlds.tables import DateColumn, NldsTable, RowHeaderColumn


class MailTable(NldsTable):
    subject = RowHeaderColumn(verbose_name="Onderwerp", order_by=("subject", "pk"))
    to = tables.Column("Aan", order_by=("to", "pk"))
    created_at = DateColumn(with_time=True, verbose_name="Besteld", order_by=("created_at", "pk"))
    sent_at = DateColumn(
        with_time=True, verbose_name="Verstuurd", default="–", order_by=("sent_at", "pk")
    )
    attempts = tables.Column("Pogingen", order_by=("attempts", "pk"))
    status = tables.TemplateColumn(
        template_name="subsidies/_mail_status.html",
        verbose_name="Stand",
        orderable=False,
        exclude_from_export=True,
    )

    caption = "E-mails"
