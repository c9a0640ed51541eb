"""People's words: terms, dates, figures, clocks and ledgers, in Chinese and English from one catalogue."""

from sla.words.clocks import (
    acknowledged_text,
    days_until,
    due_text,
    level_text,
    next_level_text,
    overrun_text,
    paused_again_text,
    standing_text,
)
from sla.words.dates import date_in_words
from sla.words.language import (
    LANGUAGES,
    NO_DATA,
    Words,
    date_text,
    days_text,
    one_line,
    time_text,
    words,
)
from sla.words.ledgers import LedgerLine, ground_text, ledger_lines, note_text, row_text, slip_text
from sla.words.policies import counted_text, difference_text, sample_text, setting_text
from sla.words.terms import CONTEXTS, TERMS

__all__ = [
    "CONTEXTS", "LANGUAGES", "NO_DATA", "TERMS", "LedgerLine", "Words", "acknowledged_text", "counted_text",
    "date_in_words", "date_text", "days_text", "days_until", "difference_text", "due_text", "ground_text",
    "ledger_lines", "level_text", "next_level_text", "note_text", "one_line", "overrun_text", "paused_again_text",
    "row_text", "sample_text", "setting_text", "slip_text", "standing_text", "time_text", "words",
]  # fmt: skip
