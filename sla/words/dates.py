"""A date in words, as it stands on a paper that somebody signs: it cannot be misread, nor altered by one stroke."""

import datetime as dt

from sla.words.language import Words

_DIGITS = "〇一二三四五六七八九"
_WEEK = "一二三四五六日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def date_in_words(day: dt.date, said: Words) -> str:
    """二〇二六年九月二十八日 星期一; Monday, 28 September 2026."""
    if said.language != "zh":
        return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_number(day.month)}月{_number(day.day)}日 星期{_WEEK[day.weekday()]}"


def _number(n: int) -> str:
    """1 to 99 as it is read: 十, 十二, 二十, 二十八."""
    tens, ones = divmod(n, 10)
    ten = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return ten + (_DIGITS[ones] if ones else "")
