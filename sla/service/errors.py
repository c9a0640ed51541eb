"""The one error of the services: what was wrong, in which field, and what would be right."""


class ServiceError(ValueError):
    """Bad input to a service; nothing was written. `field` names what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
