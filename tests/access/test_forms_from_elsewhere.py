"""A form counts only if a page of ours made it: origin, cookie and token have to be right, each of them."""

import httpx
import pytest

from tests.access.cast import PASSWORD, Reader, form_token

FIELDS = {"office": "east", "name": "clerk", "password": PASSWORD}


def test_all_three_right_is_taken(reader: Reader) -> None:
    assert reader.sign_in("clerk").status_code == 303


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_another_origin_is_refused(reader: Reader, origin: str) -> None:
    answer = reader.send("/sign-in", "/sign-in", origin=origin, **FIELDS)
    assert answer.status_code == 403 and "没有记录任何内容" in answer.text


@pytest.mark.parametrize(("site", "status"), [("same-origin", 303), ("same-site", 403), ("cross-site", 403), ("", 403)])
def test_without_an_origin_the_browser_has_to_say_that_it_comes_from_here(
    reader: Reader, site: str, status: int
) -> None:
    token = form_token(reader.open("/sign-in").text)
    headers = {"sec-fetch-site": site} if site else {}
    assert reader.client.post("/sign-in", data={**FIELDS, "form_token": token}, headers=headers).status_code == status


@pytest.mark.parametrize("token", ["", "0" * 64, "字"])
def test_another_token_is_refused(base: str, reader: Reader, token: str) -> None:
    reader.open("/sign-in")
    answer = reader.client.post("/sign-in", data={**FIELDS, "form_token": token}, headers={"origin": base})
    assert answer.status_code == 403


def test_the_token_of_one_browser_is_worth_nothing_in_another(base: str, reader: Reader) -> None:
    other = Reader(base)
    token = form_token(other.open("/sign-in").text)
    other.close()
    for cookies in ({}, {"shixian-visit": "made up"}):
        with httpx.Client(base_url=base, cookies=cookies, trust_env=False, verify=False) as client:
            answer = client.post("/sign-in", data={**FIELDS, "form_token": token}, headers={"origin": base})
            assert answer.status_code == 403


def test_a_form_that_comes_after_signing_out_says_that_nothing_was_recorded(reader: Reader) -> None:
    reader.sign_in("clerk")
    page = form_token(reader.open("/").text)
    reader.send("/sign-out", "/")
    reader.open("/sign-in")
    answer = reader.client.post("/sign-out", data={"form_token": page}, headers={"origin": reader.base})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"name": "clerk"}', "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"name=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"name=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 5_000, "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_of_bounded_size_is_refused_with_a_reason(
    reader: Reader, content: bytes, kind: str, status: int
) -> None:
    headers = {"content-type": kind, "origin": reader.base}
    answer = reader.client.post("/sign-in", content=content, headers=headers)
    assert answer.status_code == status and "没有记录任何内容" in answer.text


@pytest.mark.parametrize("value", ["Bearer", "Bearer x", "Basic Zm9vOmJhcg==", "Bearer shixian_" + "0" * 32 + ".x"])
def test_a_key_that_is_none_is_told_to_the_program(reader: Reader, value: str) -> None:
    answer = reader.client.get("/", headers={"authorization": value})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("path", ["/cases/%00", "/cases?number=a%00", "/?%00=1", "/sign-in?to=/%00"])
def test_an_address_with_a_nul_is_refused_before_any_database_hears_of_it(reader: Reader, path: str) -> None:
    reader.sign_in("clerk")
    assert reader.open(path).status_code == 400
