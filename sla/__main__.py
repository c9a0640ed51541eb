"""`python -m sla`."""

from sla.cli import main

main()
