"""Working time and when to wake up: calendars, service hours, limits, recurrence. Knows nothing of cases."""
