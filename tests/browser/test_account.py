"""Signing in by the identity provider and one's own account, with a browser: readable by everybody, and it works."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Browser, expect

from tests.access.cast import PASSWORD, reading, two_offices
from tests.access.issuer import issuing
from tests.access.test_identity_provider import AT, BACK, set_up
from tests.browser.cast import NOW
from tests.browser.test_forms import Walk


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_signs_in_at_the_provider_comes_back_and_ends_a_sign_in_elsewhere(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with two_offices(tmp_path, ("clerk",)) as app, issuing(AT, key) as issuer, reading(app) as other:
        issuer.redirect = f"{other.base}{BACK}"
        set_up(app, oidc_issuer=issuer.url, oidc_redirect=issuer.redirect, oidc_name="市统一认证")
        assert other.sign_in("clerk").status_code == 303
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{other.base}/rates?lang={language}")
        page.click("text=市统一认证")
        page.wait_for_url(f"{other.base}/rates*")  # there and back again, without a script
        context.close()
        context = browser.new_context()
        walk = Walk(context.new_page(), other.base, language)
        walk.open("/sign-in")
        walk.page.select_option("#office", "east")
        walk.page.fill("#name", "clerk")
        walk.page.fill("#password", PASSWORD)
        walk.page.press("#password", "Enter")
        walk.page.wait_for_url(lambda url: "/sign-in" not in url)
        walk.go("/account")
        app.clock.fixed = NOW + timedelta(hours=1)
        walk.go("/account")
        walk.page.fill("#password", "wrong wrong wrong")
        walk.page.click("button[value=others]")
        walk.look("a wrong password")
        walk.page.fill("#password", PASSWORD)
        walk.page.click("button[value=others]")
        walk.look("nobody else")
        expect(walk.page.locator(".place")).to_have_count(1)
        context.close()
        app.guard.close()
    assert walk.wrong == []
