"""Lengths of time and odds in words."""


def span(hours: float) -> str:
    """A length of time in the unit that fits: «20 minutes», «5 hours», «3 days», «2 weeks»."""
    for size, name in ((24.0 * 21, 24.0 * 7), (36.0, 24.0)):
        if hours >= size:
            number = round(hours / name)
            return f"{number} {'week' if name > 24 else 'day'}{'' if number == 1 else 's'}"
    if hours < 0.75:
        minutes = max(1, round(hours * 60))
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    number = max(1, round(hours))
    return f"{number} hour{'' if number == 1 else 's'}"


def percent(odds: float) -> str:
    """Odds in whole per cent; no plan is sure, and none is hopeless."""
    return "under 1 %" if odds < 0.01 else f"{min(99, round(odds * 100))} %"
