"""Signing in with a browser."""

from playwright.sync_api import Page

from tests.access.cast import PASSWORD


def sign_in(page: Page, person: str) -> None:
    """By the form that is shown. Ends when it is done: who goes elsewhere before may be let in nowhere."""
    page.fill("#name", person)
    page.fill("#password", PASSWORD)
    page.click("form.fields button")
    page.wait_for_url(lambda url: "/sign-in" not in url)
