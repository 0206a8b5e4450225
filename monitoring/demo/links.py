"""The running year by file and by machine: a file that waits to be confirmed, and a key of the bureau."""

import io
from datetime import datetime, timedelta

import openpyxl

from kvk2.core.deadlines import local_date
from monitoring.demo.people import World
from monitoring.importers.figure_sheet import FIELDS, FIGURES
from monitoring.models import MonitoringCycle
from monitoring.services import api_tokens, figure_files

# What somebody typed in the first open rows: one counts, one is a mistake that the page names.
TYPED = ({"numerator": 21, "denominator": 24}, {"numerator": 31, "denominator": 24})


def make_links(world: World, cycle: MonitoringCycle, now: datetime) -> None:
    """Made by the services themselves, in the name of the researcher and the project leader."""
    researcher, leader = world.person("onderzoeker"), world.person("projectleider")
    api_tokens.make_token(
        cycle,
        holder=researcher,
        name="Meetsysteem van het bureau",
        expires_on=local_date(now) + timedelta(days=60),
        by=leader,
        at=now - timedelta(days=3),
    )
    at = now - timedelta(hours=5)
    batch = figure_files.upload(
        cycle, "cijfers-ingevuld.xlsx", _filled(cycle, at), by=researcher, at=at
    )
    figure_files.check(batch, at=at)


def _filled(cycle: MonitoringCycle, at: datetime) -> bytes:
    with figure_files.fill_in_file(cycle, at=at) as file:
        book = openpyxl.load_workbook(file)
    sheet = book[FIGURES]
    waiting = iter(TYPED)
    for row in sheet.iter_rows(min_row=2):
        is_open = all(cell.value is None for cell in row[7:])
        if not is_open or not str(row[3].value).startswith("teller"):
            continue
        typed = next(waiting, None)
        if typed is None:
            break
        for name, value in typed.items():
            row[FIELDS.index(name)].value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
