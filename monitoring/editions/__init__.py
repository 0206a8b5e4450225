"""The reports as a page: the same frozen dataset and the same words as the PDF, in headings, lists and tables."""

from monitoring.editions.blocks import Edition
from monitoring.editions.ikc import ikc_edition
from monitoring.editions.programme import programme_edition
from monitoring.editions.public import public_edition_page
from monitoring.report_dataset import IkcReportData, ProgrammeReportData, ReportData

__all__ = ["Edition", "edition_of"]


def edition_of(data: ReportData) -> Edition:
    """The page of a report, out of its stored dataset alone."""
    if isinstance(data, IkcReportData):
        return ikc_edition(data)
    if isinstance(data, ProgrammeReportData):
        return programme_edition(data)
    return public_edition_page(data)
