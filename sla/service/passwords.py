"""Passwords: what is accepted, and how they are kept (argon2id, by OWASP's least parameters: 19 MiB, two passes).

What is asked of a password follows NIST SP 800-63B and OWASP ASVS 5 (6.2): a length, not one of the common ones, no
rules of composition, no expiry.
"""

import secrets
from functools import cache
from threading import BoundedSemaphore

from pwdlib.hashers.argon2 import Argon2Hasher

from sla.service.errors import ServiceError

LEAST, MOST = 12, 200  # characters
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is mistaken for something else
COMMON = (
    "123456789012", "1234567890123", "12345678901234567890", "111111111111", "000000000000", "888888888888",
    "666666666666", "123123123123", "123456123456", "121212121212", "112233445566", "147258369147", "password1234",
    "passwordpassword", "password12345", "password123456", "qwertyuiop12", "qwertyuiop123", "qwertyuiop[]",
    "1qaz2wsx3edc", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u", "qwerty123456", "qwertyqwerty", "abcdefghijkl", "abc123abc123",
    "abcd12345678", "a12345678901", "asdfghjkl123", "zxcvbnm12345", "iloveyou1234", "iloveyou5201314", "woaini520520",
    "woaini1314520", "woaini123456", "5201314520131", "admin1234567", "administrator", "administrator1", "letmein12345",
    "welcome12345", "changeme1234", "shixian12345", "shixianshixian", "shenpi123456", "guihua123456",
)  # fmt: skip
WORDS = (  # those of the lists of stolen passwords, the keyboard's rows, and what is said at this window all day
    "administrator", "iloveyou", "password", "passwort", "passw0rd", "changeme", "princess", "sunshine", "football",
    "qwertyuiop", "asdfghjkl", "qwerty", "asdfgh", "zxcvbnm", "zxcvbn", "qazwsx", "qwer", "asdf", "zxcv", "letmein",
    "welcome", "woaini", "monkey", "dragon", "master", "secret", "shixian", "window", "office", "permit", "guihua",
    "shenpi", "chuangkou", "zhengwu", "banshi", "admin", "mima", "login", "hello", "test", "user", "root", "abcd",
    "时限", "窗口", "规划", "审批", "政务", "管理员", "密码", "我爱你",
)  # fmt: skip
_AT_ONCE = BoundedSemaphore(2)  # each takes 19 MiB and a core for a moment


def check(password: str, *, person_id: str, name: str) -> None:
    """Raises ServiceError for one that is too short, too long, common, or somebody's own name."""
    if len(password) < LEAST:
        raise ServiceError(
            "password", "is too short; it needs %(least)s characters, a sentence is easiest to keep", least=LEAST
        )
    if len(password) > MOST:
        raise ServiceError("password", "is longer than %(most)s characters", most=MOST)
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) <= 2 or _is_repeated(plain) or _is_word(plain):
        raise ServiceError("password", "is one that everybody tries first; take another")
    left = plain.replace(person_id.casefold(), "").replace(name.casefold(), "")
    if left != plain and left.strip("0123456789 ") == "":
        raise ServiceError("password", "is hardly more than the name of whose it is; take another")


def _is_repeated(plain: str) -> bool:
    """Whether it is three signs, or a number, over and over: abcabcabcabc, 202620262026."""
    unit = (plain + plain).find(plain, 1)
    return unit <= 3 or (unit < len(plain) and plain.isdigit())


def _is_word(plain: str) -> bool:
    """Whether it is but the words that everybody takes, with figures and signs around them: Qwerty_2026_Admin."""
    letters = "".join(sign for sign in plain if sign.isalpha())
    left = letters
    for word in WORDS:
        left = left.replace(word, "")
    return left != letters and len(left) <= 2


def hashed(password: str) -> str:
    with _AT_ONCE:
        return _hasher().hash(password)


def fits(password: str, stored: str) -> bool:
    """Whether it is the password. Where there is none, "" as `stored`, it takes as long to say no."""
    with _AT_ONCE:
        right = _hasher().verify(password[:MOST], stored or _nobodys())
    return right and bool(stored)


def made_up() -> str:
    """A password for somebody's first sign-in, easy to read out: 80 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


@cache
def _hasher() -> Argon2Hasher:
    return Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex())
