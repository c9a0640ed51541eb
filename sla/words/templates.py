"""Templates in one language. Apart from the other words: a command that renders nothing does not load Jinja."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from sla.words.language import words


@lru_cache(maxsize=8)
def templates(folder: str, language: str) -> Environment:
    """Those in a folder of `sla`, with {% trans %}, _() and `words` in a language. What is installed does not change
    while it runs."""
    environment = Environment(
        loader=PackageLoader("sla", folder),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    said = words(language)
    own = said.translations
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        own.gettext, own.ngettext, newstyle=True, pgettext=own.pgettext, npgettext=own.npgettext
    )
    environment.globals["words"] = said
    return environment
