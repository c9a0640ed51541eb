"""What is promised, to whom, and how it went: cases, clocks, ledgers, alarms, and the faces people use."""
