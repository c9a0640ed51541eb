"""The sign of the product with a number on it: what is overdue can be seen in a tab that is not open."""

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#17526f"/>'
    '<circle cx="16" cy="16" r="9" fill="none" stroke="#fff" stroke-width="2.4"/>'
    '<path d="M16 10.4V16l4.2 2.6" fill="none" stroke="#ffd27a" stroke-width="2.4" stroke-linecap="round"'
    ' stroke-linejoin="round"/>%s</svg>'
)
MOST = 99


def icon(overdue: int) -> str:
    """As SVG; beyond 99 it says so."""
    if overdue <= 0:
        return MARK % ""
    text = str(overdue) if overdue <= MOST else f"{MOST}+"
    width = {1: 17, 2: 23, 3: 31}[len(text)]
    badge = f'<rect x="{32 - width}" y="14" width="{width}" height="18" rx="6" fill="#a3262a" stroke="#fff"/>'
    return MARK % (
        f'{badge}<text x="{32 - width / 2:g}" y="28" text-anchor="middle" font-family="sans-serif" font-size="14"'
        f' font-weight="700" fill="#fff">{text}</text>'
    )
