"""Ordinary words by which a command and a sentence about something broken are told apart."""

from __future__ import annotations

# A word that is followed by one of these is the subject of a sentence: "search is down", "fix does not work".
FINITE = frozenset(
    "is are was were isn't aren't wasn't has have hasn't haven't had keeps keep does doesn't don't cannot can't can "
    "won't will fails seems went stopped".replace("'", "’").split()
) | frozenset("isn't aren't wasn't hasn't haven't doesn't don't can't won't".split())
# A sentence that has one of these anywhere says that something is broken, and is no search.
BROKEN = FINITE | frozenset(
    "down broken failing failed fail erroring stuck unavailable unreachable crashing crashed crashes not".split()
)
# A shy verb that is followed by one of these is given its reason: "block because", "blocked by the vendor".
REASON = frozenset("because by on until till as since due waiting".split())
# They go with what was taken after them: "errors in #payments" leaves "errors".
CONNECTING = frozenset("to for in on by with cc as at and & of , - :".split())
# "rolled back as in INC-38" names another incident.
BEFORE_ANOTHER = frozenset("as like in see than from of by after before and or not to at".split())
# "fix 500 errors": after a shy verb this is no number of ours.
COUNTED = frozenset(
    "error errors users customers requests hosts pods nodes servers orders alerts failures messages connections queries "
    "retries times seconds minutes hours days weeks months percent ms of out".split()
)
# Said to a bot before the verb, out of courtesy.
COURTESY = frozenset("please pls hey hi hello ok okay".split())
# Real words within one slip of a verb: they are what people mean.
NO_SLIPS = frozenset(
    "slow shop snow fine bind mind kind node dine dome gone none line mice main wine tack talk tape lake make cake rake "
    "sale task tasks tests test text texts hell held hell heap memo shot shut slip ship stack clock black flock lock "
    "blocks locks checks adapt adept report reports reviews patterns practices actions updates notes dropped drops "
    "logs stop slot shown shops".split()
)
