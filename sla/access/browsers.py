"""Which browser somebody signs in with, in two words, so that they know it again: never the whole header."""

BROWSERS = (  # the first that is named counts: most call themselves by the names of others too
    ("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("QQBrowser", "QQ"), ("360SE", "360"), ("QIHU", "360"),
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iOS"),
    ("iPad", "iOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_of(user_agent: str) -> str:
    """Such as "Firefox · Windows"; "" for what says neither."""
    found = (next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(name for name in found if name)
