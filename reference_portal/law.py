"""The numbers of the law that this portal keeps to: NĐ 61/2018/NĐ-CP as specs/portal.md 2.2 tells it; its own copy."""

from datetime import datetime, timedelta

NAME = "nd61-2018"
RESPONSE_HOURS = 8
"""An online dossier is answered within so many working hours (specs/portal.md 2.4; NĐ 45/2020 read in summaries)."""
HOURS_OF_A_DAY = 8
RETURN_DAYS = 3
"""After examination a supplement is asked for within so many working days of reception (art. 19.4)."""
MOST_SUPPLEMENTS = 1
"""The applicant is guided once, completely (art. 15.3): so many requests in one stage without a further legal basis."""
APOLOGY_DAYS = 1
"""A late dossier's applicant hears of it at the latest so many days before the due time (art. 19.9)."""
MOST_RESCHEDULES = 1
"""A new due time is set at most so often (art. 19.9)."""
CLOSING = 17


def worked(at: datetime, days: int) -> datetime:
    """So many working days later, at the same time of day; Saturdays and Sundays do not count, holidays are not known."""
    while days > 0:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at


def due(received: datetime, days: int) -> datetime:
    """The due time: the end of the day so many working days later."""
    return worked(received, days).replace(hour=CLOSING, minute=0, second=0, microsecond=0)
