"""Every text has its Chinese, and the catalogue holds nothing else. How to add one: sla/locale/README.md"""

import re
from collections.abc import Iterable

from sla.alarms import AlarmState
from sla.events import KINDS
from sla.words import CONTEXTS, TERMS, words
from tests.messages.catalogue import CATALOGUE, Text, catalogue, entries, in_order, wanted

HOW = "python -m tests.messages.catalogue puts the catalogue in order; then write what is empty"


def test_every_text_that_is_shown_stands_in_the_chinese_catalogue() -> None:
    missing = wanted() - entries(catalogue()).keys()
    assert not missing, f"{_listed(missing)}\n{HOW}"


def test_the_catalogue_holds_no_text_that_nothing_shows() -> None:
    unused = entries(catalogue()).keys() - wanted()
    assert not unused, f"{_listed(unused)}\n{HOW}"


def test_no_chinese_text_is_empty_or_fuzzy() -> None:
    unfit = [text for text, entry in entries(catalogue()).items() if entry.fuzzy or not all(_forms(entry.string))]
    assert not unfit, _listed(unfit)


def test_the_chinese_fills_in_the_same_values_as_the_english() -> None:
    known = [(text, entry) for text, entry in entries(catalogue()).items() if entry.string]
    wrong = [
        text for text, entry in known if any(_values(s) != _values(*_forms(text[1])) for s in _forms(entry.string))
    ]
    assert not wrong, _listed(wrong)


def test_the_catalogue_is_sorted_and_tidy() -> None:
    assert CATALOGUE.read_text("utf-8") == in_order(entries(catalogue()).values()), HOW


def test_there_is_a_word_for_every_member_of_every_enumeration_people_see() -> None:
    assert AlarmState in CONTEXTS
    for enumeration, context in CONTEXTS.items():
        assert [str(member.value) for member in enumeration] == list(TERMS[context]), enumeration
        for language in ("zh", "en"):
            assert all(words(language).term(member) for member in enumeration)


def test_there_is_a_word_for_every_kind_of_event() -> None:
    assert TERMS["event"].keys() == KINDS.keys()


def test_no_chinese_word_within_one_context_stands_for_two_things() -> None:
    for context, terms in TERMS.items():
        said = [words("zh").pgettext(context, english) for english in terms.values()]
        assert len(set(said)) == len(said), context


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _values(*texts: str) -> set[str]:
    return {name for text in texts for name in re.findall(r"%\((\w+)\)[rs]", text)}


def _listed(texts: Iterable[Text]) -> str:
    return "\n".join(f"{context or '–'}: {text!r}" for context, text in sorted(texts, key=str))
