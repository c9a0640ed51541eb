"""The one error of the services: what was wrong, in which field, and what would be right."""

from schedules.faults import FieldError


class ServiceError(FieldError):
    """Bad input to a service; nothing was written. `field` names what to mend."""
