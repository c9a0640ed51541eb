"""The texts that code and templates ask for, and the Chinese catalogue as it has to be.

`python -m tests.messages.catalogue` brings the catalogue in order: missing texts come in empty, unused ones go.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import typer.main
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

from sla.cli import app
from sla.cli.helps import help_texts
from sla.words import TERMS

ROOM = Path(__file__).parents[2] / "sla"
ROOMS = (ROOM, ROOM.parent / "schedules", ROOM.parent / "notifiers")
CATALOGUE = ROOM / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"
TEMPLATE_FORMS = {".html", ".txt", ".svg", ".xml"}
JINJA = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
# The texts of what is wrong (`schedules.faults`): behind a field, behind a code and a field, or alone.
_BEHIND_A_FIELD = (
    "FieldError", "ServiceError", "HistoryError", "PolicyError", "CalendarError", "HoursError", "LimitError",
    "FeedError", "_refuse", "SourceError", "BindError", "StoreError", "ChannelSettingsError", "wrong", "_wrong",
)  # fmt: skip
KEYWORDS = {
    **DEFAULT_KEYWORDS, **dict.fromkeys(_BEHIND_A_FIELD, (2,)), "RequestError": (3,), "Phrase": (1,), "CellError": (1,),
}  # fmt: skip
HEADER = r"""# What people read, in Chinese; how to add a text: sla/locale/README.md
msgid ""
msgstr ""
"Language: zh_CN\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""

Text = tuple[str, str | tuple[str, str]]  # its context, and its English: one form or singular and plural


def wanted() -> frozenset[Text]:
    """Every text that code, templates and terms ask for."""
    shown = ((context, text) for context, text in _asked_for() if context not in TERMS)  # that context is the table's
    return frozenset([*shown, *((context, text) for context, terms in TERMS.items() for text in terms.values())])


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


def entries(texts: Catalog) -> dict[Text, Message]:
    return {_text(message.context, message.id): message for message in texts if message.id}


def in_order(texts: Iterable[Message]) -> str:
    """The catalogue's file: sorted, one entry a text, no places, no wrapped lines."""
    tidy = Catalog(locale="zh_CN", fuzzy=False)
    for message in texts:
        tidy.add(message.id, message.string, context=message.context, flags=message.flags)
    out = BytesIO()
    write_po(out, tidy, width=0, no_location=True, omit_header=True, sort_output=True)
    return HEADER + out.getvalue().decode().strip() + "\n"


def _asked_for() -> Iterator[Text]:
    for path in sorted(path for room in ROOMS for path in room.rglob("*.py")):
        with path.open("rb") as file:
            yield from (_text(context, text) for _, text, _, context in extract("python", file, KEYWORDS))
    yield from (("", text) for text in _helps())
    for path in sorted(path for path in ROOM.rglob("*") if _is_template(path)):
        with path.open("rb") as file:
            yield from (_text(context, text) for _, text, _, context in extract("jinja2", file, options=JINJA))


def _helps() -> Iterator[str]:
    return help_texts(typer.main.get_command(app))


def _is_template(path: Path) -> bool:
    return path.suffix in TEMPLATE_FORMS and "templates" in path.relative_to(ROOM).parts


def _text(context: str | None, text: str | Iterable[str]) -> Text:
    if isinstance(text, str):
        return context or "", text
    singular, plural = list(text)[:2]
    return context or "", (singular, plural)


def main() -> None:
    known = entries(catalogue()) if CATALOGUE.exists() else {}
    kept = [known.get(text) or Message(text[1], "", context=text[0] or None) for text in wanted()]
    CATALOGUE.write_text(in_order(kept), "utf-8")


if __name__ == "__main__":
    main()
