"""A text made fit for other places: cut, without markup, addressed to one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.message import Recipient
from notifiers.wording import MARKDOWN, PLAIN, Mention, cut, mention_of, mobile, seen, with_links

LINK = "https://office.example/cases/2026-17"


def test_what_fits_is_left_as_it_is() -> None:
    text = "还剩 1 个工作日"  # 6 characters of 3 bytes, a digit and two spaces: 21 bytes
    assert cut(text, LINK, lambda text: len(text.encode()) <= 21) == text


def test_what_is_too_long_ends_with_the_link_and_holds_as_much_as_there_is_room_for() -> None:
    # 100 bytes; "…" has 3, the line break 1, the link 36: 60 are left, 20 characters of 3 bytes
    assert len(LINK) == 36
    assert cut("期" * 1_000, LINK, lambda text: len(text.encode()) <= 100) == "期" * 20 + "…\n" + LINK
    assert cut("期" * 1_000, LINK, lambda text: len(text.encode()) <= 99) == "期" * 19 + "…\n" + LINK


def test_a_link_is_never_cut_in_half() -> None:
    text = f"look here: {LINK}" + "x" * 100
    assert cut(text, "", lambda text: len(text.encode()) <= 30) == "look here:…"


def test_without_a_link_the_text_ends_with_the_dots_alone() -> None:
    assert cut("abcdef", "", lambda text: len(text.encode()) <= 6) == "abcdef"
    assert cut("abcdefg", "", lambda text: len(text.encode()) <= 6) == "abc…"


@given(st.text(), st.integers(60, 200))
def test_however_it_is_cut_it_fits_and_is_whole_characters(text: str, most: int) -> None:
    found = cut(seen(text * 20), LINK, lambda text: len(text.encode()) <= most)
    assert len(found.encode()) <= most
    assert found == seen(text * 20) or found.endswith(f"…\n{LINK}")


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("@all 关注", "＠all 关注"),
        ('<at user_id="all">所有人</at>', '＜at user_id="all"＞所有人＜/at＞'),
        ("<@all>", "＜＠all＞"),
        ('<a href="http://evil.example">x</a>', '＜a href="http://evil.example"＞x＜/a＞'),
    ],
)
def test_mentions_and_tags_are_shown_and_mean_nothing(raw: str, plain: str) -> None:
    assert raw.translate(PLAIN) == plain


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("[点我](http://evil.example)", "［点我］(http://evil.example)"),
        ("![x](http://evil.example/x.png)", "！［x］(http://evil.example/x.png)"),
        ("# **大** `x` ~~y~~ _z_ | \\[", "＃ ＊＊大＊＊ ｀x｀ ～～y～～ ＿z＿ ｜ ＼［"),
    ],
)
def test_markdown_is_shown_and_means_nothing(raw: str, plain: str) -> None:
    assert raw.translate(MARKDOWN) == plain


def test_what_no_reader_sees_is_left_out() -> None:
    assert seen("a\x00b\x1b[31m\u202egnp\u200b\ufeff\r\nc\ud800") == "a b [31m gnp \nc?"


def test_only_addresses_of_our_own_site_are_links() -> None:
    text = f"看 {LINK}, http://evil.example/ 和 https://office.example.evil.example/x"
    assert list(with_links(text, LINK)) == [
        ("看 ", False),
        (LINK, True),
        (", http://evil.example/ 和 ", False),
        ("https://office.example", True),  # leads to us, whatever stands behind it
        (".evil.example/x", False),
    ]
    assert list(with_links(f"{LINK})[x](y", LINK)) == [(LINK, True), (")[x](y", False)]
    assert list(with_links(text, "")) == [(text, False)]


@pytest.mark.parametrize(
    ("address", "mention"),
    [
        ("13800138000", Mention(mobile="13800138000")),
        ("+86 13800138000", Mention(mobile="13800138000")),
        ("+852-61234567", Mention(mobile="+85261234567")),
        ("zhang.min", Mention(user_id="zhang.min")),
        ("016526342934693", Mention(user_id="016526342934693")),
        ("ou_84aad35d084aa403a838cf73ee18467", Mention(user_id="ou_84aad35d084aa403a838cf73ee18467")),
        *((nobody, Mention()) for nobody in ("", "@all", "all", "ALL", "@ALL", "所有人", "a b", 'x"><at id=all>')),
    ],
)
def test_one_person_is_mentioned_or_nobody(address: str, mention: Mention) -> None:
    assert mention_of(Recipient("p-7", "王小明", address, "zh-CN")) == mention


@pytest.mark.parametrize(
    "address", ["", "12345", "23800138000", "138001380001", "+86", "1380013800x", "clerk@x.example"]
)
def test_what_is_no_mobile_number_is_none(address: str) -> None:
    assert mobile(address) == ""
