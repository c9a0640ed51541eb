"""Lists as files: a table, written as JSON for programs, as CSV for anything, and as a workbook for Excel. Pure."""
