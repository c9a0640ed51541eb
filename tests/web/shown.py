"""Which addresses of the server are pages: whatever walks over all of them asks here."""

from sla.app import App
from sla.web.pages import routes

NO_PAGES = {  # they answer GET, and nobody looks at them
    "/icon.svg": "a picture",
    "/calendar/{token}.ics": "a calendar, for a program",
    "/healthz": "for whatever watches the service",
    "/readyz": "for whatever watches the service",
    "/metrics": "for whatever watches the service",
    "/sign-in/oidc/back": "it shows nothing: it leads on",
}
FILES = (".csv", ".xlsx", ".json", ".gz")


def pages_of(app: App) -> set[str]:
    """The paths of all that is shown to people."""
    got = {route.path for route in routes(app) if "GET" in route.methods and not route.path.endswith(FILES)}
    assert got.issuperset(NO_PAGES)
    return got - NO_PAGES.keys()
