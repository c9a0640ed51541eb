"""How fast it is, measured: `python -m tests.bench` (or `make bench`) prints tables and writes docs/performance.md.

To add a benchmark, write a module here with `run(share: float = 1) -> Table` (see `table.py`): it measures our side
and the rival's in one run, medians over rounds, and states its bar. `share` shrinks the work: the test suite runs every
module with a twentieth, to see that it works and gives a table, and asserts no times. It is found by itself.
"""
