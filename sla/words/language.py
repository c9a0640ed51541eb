"""One language: every text, term and date in Chinese ("zh") and English ("en"), from one catalogue.

English is the msgid; `locale/zh_CN/LC_MESSAGES/messages.po` holds the Chinese and is compiled in memory when it is
first needed. How to add a text: `locale/README.md`. Dates are civil days; moments are shown in the zone handed in.
"""

import datetime as dt
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from zoneinfo import ZoneInfo

from notifiers.channel import ChannelSettingsError
from schedules.faults import NONE, FieldError, Phrase, joint
from schedules.limits import Limit, Unit
from sla.events import EventName
from sla.words.terms import CONTEXTS, TERMS

LANGUAGES = ("zh", "en")
NO_DATA = "–"


@dataclass(frozen=True, eq=False)
class Words:
    """One language. `values` fill the %(name)s of a message; without any, a message is taken as it is."""

    language: str
    translations: NullTranslations

    def gettext(self, message: str, **values: object) -> str:
        return _filled(self.translations.gettext(message), values)

    def ngettext(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The form for `n`, which also fills %(n)s."""
        return _filled(self.translations.ngettext(singular, plural, n), {"n": n, **values})

    def pgettext(self, context: str, message: str, **values: object) -> str:
        return _filled(self.translations.pgettext(context, message), values)

    # --- terms -------------------------------------------------------------------------------------------------------
    def term(self, value: Enum) -> str:
        """The word for a member of an enumeration that people see (those in CONTEXTS)."""
        context = CONTEXTS[type(value)]
        return self.pgettext(context, TERMS[context][str(value.value)])

    def event(self, kind: str) -> str:
        """The word for a kind of event (sla.events.KINDS)."""
        return self.pgettext("event", TERMS["event"][kind])

    def action(self, kind: str) -> str:
        """What somebody does who records an event of a kind, beginning large."""
        word = self.pgettext("action", TERMS["action"][kind])
        return word[:1].upper() + word[1:]

    def name(self, names: Mapping[str, str]) -> str:
        """A name that data brings in several languages: ours, else English, else whichever there is, else "–"."""
        return names.get(self.language) or names.get("en") or next(iter(names.values()), NO_DATA)

    def joined(self, items: Iterable[str]) -> str:
        return self.gettext(", ").join(items)

    # --- what is wrong ---------------------------------------------------------------------------------------------
    def phrase(self, phrase: Phrase) -> str:
        """What a room below says, in this language; a list as its items, each error within with its field."""
        text = self.gettext(phrase.template)
        return text % {name: self._value(value) for name, value in phrase.values.items()} if phrase.values else text

    def fault(self, error: Exception) -> str:
        """What is wrong, behind the field it names. A text from elsewhere, such as a server's, stays as it is."""
        if isinstance(error, FieldError):
            what = self.phrase(error.phrase)
        elif isinstance(error, ChannelSettingsError):
            what = self.phrase(Phrase(error.template, **error.values))
        else:
            return str(error)
        return f"{error.field}: {what}" if error.field else what

    def _value(self, value: object) -> object:
        if isinstance(value, Phrase):
            return self.phrase(value)
        if isinstance(value, Exception):
            return self.fault(value)
        if isinstance(value, Enum) and type(value) in CONTEXTS:
            return self.term(value)
        if isinstance(value, EventName) and value in TERMS["event"]:
            return self.event(value)
        if isinstance(value, Collection) and not isinstance(value, str | bytes):
            between = self.gettext("; ") if joint(value) == "; " else self.gettext(", ")
            return between.join(str(self._value(item)) for item in value) or self.gettext(NONE)
        return value

    # --- dates -------------------------------------------------------------------------------------------------------
    def date(self, day: dt.date, *, year: bool = False) -> str:
        """9月18日 周五, Fri 18 Sep; with the year 2026年9月18日 周五, Fri 18 Sep 2026."""
        values = {
            "weekday": self._named("weekday", day.weekday()),
            "day": day.day,
            "month": self._named("month", day.month - 1),
        }
        if year:
            return self.gettext("%(weekday)s %(day)s %(month)s %(year)s", year=day.year, **values)
        return self.gettext("%(weekday)s %(day)s %(month)s", **values)

    def day(self, day: dt.date) -> str:
        """9月18日, 18 Sep: where there is no room for the weekday."""
        return self.gettext("%(day)s %(month)s", day=day.day, month=self._named("month", day.month - 1))

    def span(self, first: dt.date, last: dt.date) -> str:
        """One day with its year, or the first and the last of several, both included."""
        begins = self.date(first, year=True)
        return begins if first == last else f"{begins} – {self.date(last, year=True)}"

    def month(self, day: dt.date) -> str:
        """2026年9月, Sep 2026."""
        return self.gettext("%(month)s %(year)s", month=self._named("month", day.month - 1), year=day.year)

    def time(self, moment: dt.datetime, zone: ZoneInfo) -> str:
        """The time of day in the zone, such as 17:00."""
        return f"{moment.astimezone(zone):%H:%M}"

    def moment(self, moment: dt.datetime, zone: ZoneInfo, *, year: bool = False) -> str:
        """The civil day and the time of day in the zone."""
        return f"{self.date(moment.astimezone(zone).date(), year=year)} {self.time(moment, zone)}"

    def _named(self, context: str, index: int) -> str:
        return self.pgettext(context, TERMS[context][str(index)])

    # --- figures -----------------------------------------------------------------------------------------------------
    def days(self, n: int) -> str:
        """2 个工作日, 2 working days."""
        return self.ngettext("%(n)s working day", "%(n)s working days", n)

    def amount(self, n: int | float, unit: Unit) -> str:
        """So many of a limit's unit; of working hours and minutes that are not whole, hours and minutes."""
        if isinstance(n, float):
            assert unit.lasts is not None
            return self.service(n * unit.lasts)
        match unit:
            case Unit.WORKING_HOURS:
                return self.ngettext("%(n)s working hour", "%(n)s working hours", n)
            case Unit.WORKING_MINUTES:
                return self.ngettext("%(n)s working minute", "%(n)s working minutes", n)
            case Unit.WORKING_DAYS:
                return self.days(n)
            case Unit.CALENDAR_DAYS:
                return self.ngettext("%(n)s calendar day", "%(n)s calendar days", n)
            case Unit.WEEKS:
                return self.ngettext("%(n)s week", "%(n)s weeks", n)
            case Unit.MONTHS:
                return self.ngettext("%(n)s month", "%(n)s months", n)
            case Unit.YEARS:
                return self.ngettext("%(n)s year", "%(n)s years", n)

    def service(self, duration: dt.timedelta) -> str:
        """Working time in hours and minutes, such as 2 h 30 min; seconds are left out."""
        hours, minutes = divmod(int(duration.total_seconds()) // 60, 60)
        if not hours:
            return self.gettext("%(minutes)s min", minutes=minutes)
        if not minutes:
            return self.gettext("%(hours)s h", hours=hours)
        return self.gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)

    def limit(self, limit: Limit) -> str:
        """4 个工作日, 4 working days; 当日办结, same day for an immediate item (R8)."""
        return self.gettext("same day") if limit.immediate else self.amount(limit.amount, limit.unit)

    def overdue(self, late_by: int) -> str:
        """超期 2 个工作日; 超期不足1个工作日 for 0 (R9). Never a negative number."""
        if late_by <= 0:
            return self.gettext("less than 1 working day overdue")
        return self.ngettext("%(n)s working day overdue", "%(n)s working days overdue", late_by)

    def left(self, days: int) -> str:
        """还有 2 个工作日; for 0 剩余不足1个工作日, which is not "today": say that where the dates are equal."""
        if days <= 0:
            return self.gettext("less than 1 working day left")
        return self.ngettext("%(n)s working day left", "%(n)s working days left", days)

    def percent(self, rate: float | None) -> str:
        """86.7%; "–" where there is no data. Only what is whole is 100.0%, only what is nothing is 0.0%."""
        if rate is None:
            return NO_DATA
        return f"{100 * rate if rate in (0, 1) else min(max(100 * rate, 0.1), 99.9):.1f}%"


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """The words of a language by its BCP 47 tag: Chinese for zh, zh-CN …, English for every other."""
    if not language.replace("_", "-").lower().startswith("zh"):
        return Words("en", NullTranslations())
    return Words("zh", _compiled("zh_CN"))


def date_text(day: dt.date, language: str, *, year: bool = False) -> str:
    return words(language).date(day, year=year)


def time_text(moment: dt.datetime, zone: ZoneInfo, language: str) -> str:
    return words(language).time(moment, zone)


def days_text(n: int, language: str) -> str:
    return words(language).days(n)


def one_line(text: str) -> str:
    """A text from outside on one line: each run of white space, control and invisible characters is one space."""
    if not text.isprintable():  # of these two kinds of characters only the space is
        text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(text.split())


def _compiled(locale: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - English needs no catalogue
    from babel.messages.pofile import read_po  # noqa: PLC0415

    source = resources.files("sla").joinpath("locale", locale, "LC_MESSAGES", "messages.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _filled(message: str, values: Mapping[str, object]) -> str:
    return message % values if values else message
