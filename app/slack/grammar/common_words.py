"""Ordinary words by which a command and a sentence about something broken are told apart."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    """Both apostrophes are typed."""
    return frozenset(words.split()) | frozenset(words.replace("'", "’").split())


# A word that is followed by one of these is the subject of a sentence: "search is down", "fix does not work".
FINITE = _set(
    "is are was were isn't aren't wasn't weren't has have hasn't haven't had keeps keep does doesn't don't cannot "
    "can't can won't will fails seems went stopped"
)
# A sentence that has one of these anywhere says that something is broken, and is no search.
BROKEN = FINITE | _set(
    "down broken failing failed fail erroring stuck unavailable unreachable crashing crashed crashes not"
)
# A shy verb that is followed by one of these is given its reason: "block because", "blocked by the vendor".
REASON = _set("because by on until till as since due waiting")
# They go with what was taken after them: "errors in #payments" leaves "errors".
CONNECTING = _set("to for in on by with cc as at and & of , - :")
# "rolled back as in INC-38" names another incident.
BEFORE_ANOTHER = _set("as like in see than from of by after before and or not to at")
# "fix 500 errors": after a shy verb this is no number of ours.
COUNTED = _set(
    "error errors users customers requests hosts pods nodes servers orders alerts failures messages connections "
    "queries retries times seconds minutes hours days weeks months percent ms of out"
)
# Said to a bot before the verb, out of courtesy.
COURTESY = _set("please pls hey hi hello ok okay thanks")
# "close this incident", "resolve it": the one that is being talked about, as if nothing were said.
THIS = _set("it this that the one incident item practice")
# Real words within one slip of a verb: they are what people mean.
NO_SLIPS = _set(
    "slow shop snow fine bind mind kind node dine dome gone none line mice main wine tack talk tape lake make cake "
    "rake sale tests test text texts hell held heap memo shot shut slip ship stack clock black flock lock blocks locks "
    "checks adapt adept reports reviews patterns practices actions updates notes dropped drops logs stop slot shown "
    "shops how some come same name game time times none nine since dose lone bone zone"
)
