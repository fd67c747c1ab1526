"""Answers on paper: rows for a spreadsheet, and pages that can go with an invoice."""

from __future__ import annotations

from handlers.papers.page import pdf_of
from handlers.papers.rows import COLUMNS, csv_of

__all__ = ["COLUMNS", "csv_of", "pdf_of"]
