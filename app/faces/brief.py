"""In short: what got better, what slipped, what to do first. Three sentences that a leader reads in ten seconds."""

from __future__ import annotations

from dataclasses import dataclass

from app import links
from app.domain.report import Figures
from app.domain.report_sections import Need
from app.faces import phrases, words
from app.faces.better import better
from app.faces.place import Place
from app.faces.worse import worse
from app.words import plural

BETTER, SLIPPED, FIRST = "What got better", "What slipped", "What to do first"
BEGIN = "Switch on a starter practice, or give an accepted one a check: from then on machines measure adoption."
_SMALL = ("It", "Its", "A", "At", "Begin", "Push", "Nobody")  # words that lose their capital within a sentence


@dataclass(frozen=True)
class Said:
    """One of the three. `path`: where its rows are."""

    label: str
    sentence: str
    path: str


def in_short(figures: Figures, path: str = "") -> tuple[Said, Said, Said]:
    """What got better, what slipped, what to do first: one sentence each, from the figures alone. `path` is that of
    the report's page."""
    at = Place.of(figures, path)
    return (
        Said(BETTER, _better(figures), at.adoption),
        Said(SLIPPED, _slipped(figures), at.board("all") if figures.recurrences.preventable else at.adoption),
        _first(figures, at),
    )


def need_sentence(need: Need) -> str:
    """ "Ben: BP-5 “Calls have timeouts” – it slipped: 9 of 25 adopt it, 23 must; begin with checkout." """
    title = words.plain(need.title, 90).rstrip(".")
    about = f" “{title}”" if title else ""
    return f"{words.plain(need.owner)}: {words.plain(need.subject)}{about} – {_one(need.detail)}{_behind(need)}."


def _when(of: Figures) -> str:
    return "so far this week" if words.is_running(of) else "this week"


def _better(of: Figures) -> str:
    if good := better(of):
        return phrases.sentence(good)
    if of.adoption.now is None:
        return "Nothing is measured yet, so adoption can neither rise nor fall."
    if words.direction(of.adoption.now, of.adoption.before) == 0 and of.adoption.now.applicable:
        return f"Nothing got better {_when(of)}: adoption stands still at {words.share(of.adoption.now)}."
    return f"Nothing got better {_when(of)}."


def _slipped(of: Figures) -> str:
    if bad := worse(of):
        return phrases.sentence(bad)
    if of.adoption.now is None and not of.practices:
        return f"Nothing could slip {_when(of)}: no practice is measured yet."
    if of.slips.lost_count:
        return f"Nothing stayed lost {_when(of)}: {plural(of.slips.lost_count, 'slip')} recovered."
    return f"Nothing slipped {_when(of)}."


def _first(of: Figures, at: Place) -> Said:
    if of.needs:
        return Said(FIRST, need_sentence(of.needs[0]), of.needs[0].path)
    if of.adoption.now is None and not of.practices:
        return Said(FIRST, BEGIN, "/practices/starter")
    none = f"Nothing needs a decision {_when(of)}"
    furthest = next((each for each in of.practices if each.missing), None)
    if furthest is None:
        return Said(FIRST, f"{none}.", at.adoption)
    movers = phrases.few([each.service for each in furthest.movers])
    now = phrases.so_far(furthest.now.adopted, furthest.now.applicable)
    begin = f"; begin with {movers}" if movers else ""
    said = f"{none}; {furthest.name} is the furthest from its target ({now}){begin}."
    return Said(FIRST, said, links.practice(furthest.number))


def _behind(need: Need) -> str:
    return f" ({words.preventable(need.minutes)})" if need.minutes else ""


def _one(detail: str) -> str:
    """Sentences as one, which goes on after a dash."""
    return "; ".join(_small(each) for each in words.plain(detail, 300).rstrip(".").split(". "))


def _small(text: str) -> str:
    """Without its capital, unless that belongs to a name."""
    return text[:1].lower() + text[1:] if text.split(" ", 1)[0] in _SMALL else text
