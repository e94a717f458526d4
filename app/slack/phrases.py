"""What people type, and what each phrase means: documentation (`docs/slack-phrases.md`), help and test at once.

One row is one phrase, as Slack sends it, with everything that is understood of it; what a row does not name must be
empty. Where a phrase could mean two things, `why` says how it was decided. Dates are counted from `TODAY`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TODAY = date(2026, 11, 25)  # a Wednesday


@dataclass(frozen=True)
class Phrase:
    """`refs`, `people` and their like are separated by spaces; `problem` is how the one sentence begins."""

    typed: str
    verb: str
    words: str = ""
    refs: str = ""
    people: str = ""
    groups: str = ""
    channels: str = ""
    labels: str = ""
    severity: str = ""
    on: str = ""
    later_days: int = 0
    week: str = ""
    is_guess: bool = False
    nearest: str = ""
    problem: str = ""
    why: str = ""


PHRASES = (
    # Declaring: what broke is enough.
    Phrase("", "menu"),
    Phrase("checkout is down", "declare", "checkout is down", is_guess=True),
    Phrase("checkout is down sev2 #payments @bob", "declare", "checkout is down", severity="SEV2",
           channels="#payments", people="@bob", is_guess=True),
    Phrase("checkout is down SEV-1 in <#C1|payments>, <@U1|bob> leads", "declare", "checkout is down leads",
           severity="SEV1", channels="C1", people="U1", is_guess=True),
    Phrase("incident checkout is down", "declare", "checkout is down"),
    Phrase("Declare: login fails for everyone, sev 1", "declare", "login fails for everyone", severity="SEV1"),
    Phrase("new checkout is failing sev2", "declare", "checkout is failing", severity="SEV2"),
    Phrase("report incident: disk full on db-1", "declare", "disk full on db-1"),
    Phrase("log in page is blank p1", "declare", "in page is blank", severity="SEV1",
           why="Log is a word for declare. The whole text is shown in the form."),
    Phrase("log is full on db-1", "declare", "log is full on db-1", is_guess=True,
           why="A verb followed by is, was, fails and their like is the subject of a sentence."),
    Phrase("p1 checkout down ~checkout ~payments", "declare", "checkout down", severity="SEV1",
           labels="checkout payments", is_guess=True),
    Phrase("s3 uploads are failing sev2", "declare", "s3 uploads are failing", severity="SEV2", is_guess=True,
           why="One severity was written in full, so s3 is a place for files."),
    Phrase("uploads to s3 are failing", "declare", "uploads to s3 are failing", is_guess=True),
    Phrase("latency of 500 ms &amp; rising &lt;1 req/s", "declare", "latency of 500 ms & rising <1 req/s",
           is_guess=True),
    Phrase("fix 500 errors on checkout", "declare", "fix 500 errors on checkout", is_guess=True, nearest="action",
           why="After a word that also begins sentences, 500 errors are errors."),
    Phrase("500 errors on checkout", "declare", "500 errors on checkout", is_guess=True,
           why="A number is ours only alone or after a verb."),
    Phrase("see <https://status.example.com|status.example.com> is down", "declare", "see status.example.com is down",
           is_guess=True, nearest="show"),
    Phrase("everything is down <!here>", "declare", "everything is down @here", is_guess=True),
    Phrase("checkout is down sev1 sev2", "declare", "checkout is down", is_guess=True,
           problem="Several severities were given, SEV1, SEV2"),
    Phrase("checkout is down sev7", "declare", "checkout is down", is_guess=True, problem="There is no SEV7"),
    # Words that are verbs, and also begin sentences.
    Phrase("fix is not working on payments", "declare", "fix is not working on payments", is_guess=True,
           nearest="action", why="Fix counts as action alone, with a number or with a date."),
    Phrase("open redis connections exhausted sev1", "declare", "open redis connections exhausted", severity="SEV1",
           is_guess=True, nearest="show", why="Show takes nothing but a number."),
    Phrase("check payments: errors sev2", "declare", "check payments: errors", severity="SEV2", is_guess=True,
           nearest="automate", why="Automate takes no severity."),
    Phrase("close to full disk on db-1", "declare", "close to full disk on db-1", is_guess=True, nearest="resolve"),
    Phrase("drop in orders since noon", "declare", "drop in orders since noon", is_guess=True, nearest="drop"),
    Phrase("block storage unreachable", "declare", "block storage unreachable", is_guess=True, nearest="block"),
    Phrase("search is down", "declare", "search is down", is_guess=True, nearest="find"),
    Phrase("search results are empty", "declare", "search results are empty", is_guess=True, nearest="find",
           why="Nobody searches for a sentence."),
    Phrase("status page shows an error", "declare", "status page shows an error", is_guess=True, nearest="show"),
    Phrase("status 500 on checkout", "declare", "status 500 on checkout", is_guess=True, nearest="show"),
    Phrase("report generation times out", "declare", "report generation times out", is_guess=True, nearest="report"),
    Phrase("update is stuck on all hosts", "declare", "update is stuck on all hosts", is_guess=True,
           nearest="timeline"),
    Phrase("next deploy fails", "declare", "next deploy fails", is_guess=True, nearest="advance"),
    Phrase("item prices are wrong sev3", "declare", "item prices are wrong", severity="SEV3", is_guess=True,
           nearest="action"),
    Phrase("confirm page is blank sev2", "declare", "confirm page is blank", severity="SEV2", is_guess=True,
           nearest="confirm"),
    Phrase("retire job fails every night", "declare", "retire job fails every night", is_guess=True,
           nearest="retire"),
    Phrase("take rate is dropping", "declare", "take rate is dropping", is_guess=True, nearest="take"),
    Phrase("review app is down sev3", "declare", "review app is down", severity="SEV3", is_guess=True,
           nearest="review"),
    Phrase("help checkout is down", "declare", "help checkout is down", is_guess=True, nearest="help"),
    Phrase("my checkout is broken", "declare", "my checkout is broken", is_guess=True, nearest="mine"),
    # Leading an incident.
    Phrase("take 42", "take", refs="INC-42"),
    Phrase("I take it", "take"),
    Phrase("sev 2 42", "severity", refs="INC-42", severity="SEV2"),
    Phrase("sev2 #42", "severity", refs="INC-42", severity="SEV2"),
    Phrase("severity INC-42 to sev1", "severity", refs="INC-42", severity="SEV1"),
    Phrase("sev2", "severity", severity="SEV2"),
    Phrase("sev 2 checkout is down", "declare", "checkout is down", severity="SEV2", is_guess=True, nearest="severity"),
    Phrase("timeline 42 database failed over", "timeline", "database failed over", refs="INC-42"),
    Phrase("note database failed over", "timeline", "database failed over"),
    Phrase("update: fix is rolling out", "timeline", "fix is rolling out", why="The colon makes it a verb."),
    # Resolving.
    Phrase("resolve 42 rolled back", "resolve", "rolled back", refs="INC-42"),
    Phrase("resolve rolled back", "resolve", "rolled back",
           why="Without a number: that of the thread, or the only open one of the channel."),
    Phrase("Resolved: INC-42", "resolve", refs="INC-42"),
    Phrase("please resolve inc42", "resolve", refs="INC-42"),
    Phrase("42 resolved", "resolve", refs="INC-42"),
    Phrase("close 42", "resolve", refs="INC-42"),
    Phrase("close this incident", "resolve"),
    Phrase("fixed by a restart of <https://db-1.example.com|db-1>", "resolve",
           "by a restart of db-1 (https://db-1.example.com)"),
    Phrase("resolve 42 rolled back as after INC-38", "resolve", "rolled back as after INC-38", refs="INC-42"),
    Phrase("resolve rolled back INC-42", "resolve", "rolled back", refs="INC-42"),
    Phrase("resolve BP-5", "resolve", problem="BP-5 is a practice, and resolve needs an incident such as INC-5."),
    Phrase("resolve 42 43", "resolve", "43", refs="INC-42", problem="INC-42 and INC-43 were both named"),
    Phrase("resovle 42", "unclear", refs="INC-42", nearest="resolve", why="One slip of the finger declares nothing."),
    Phrase("hlep", "unclear", nearest="help"),
    Phrase("INC-42 database failed over", "unclear", "database failed over", refs="INC-42", nearest="timeline"),
    # Reviewing.
    Phrase("review 42", "review", refs="INC-42"),
    Phrase("retro 42 <@U1|bob>", "review", refs="INC-42", people="U1"),
    Phrase("post-mortem inc-42 by @ann", "review", refs="INC-42", people="@ann"),
    Phrase("rca", "review"),
    Phrase("review 42 <!subteam^S1|@oncall>", "review", refs="INC-42", groups="S1",
           problem="A group of people was named"),
    # Action items.
    Phrase("action 42 probe checkout @bob by fri", "action", "probe checkout", refs="INC-42", people="@bob",
           on="2026-11-27"),
    Phrase("todo probe checkout <@U1> by 1 dec", "action", "probe checkout", people="U1", on="2026-12-01"),
    Phrase("fix probe checkout @bob by friday", "action", "probe checkout", people="@bob", on="2026-11-27",
           why="Nobody breaks by Friday: the date makes it an action item."),
    Phrase("fix 42 alert on a full disk", "action", "alert on a full disk", refs="INC-42"),
    Phrase("task 42 raise the limit by 2026-12-01", "action", "raise the limit", refs="INC-42", on="2026-12-01"),
    Phrase("action 42 raise the limit by tomorrow", "action", "raise the limit", refs="INC-42", on="2026-11-26"),
    Phrase("action 42 raise the limit in 2 weeks", "action", "raise the limit", refs="INC-42", on="2026-12-09"),
    Phrase("action 42 raise the limit +1w", "action", "raise the limit", refs="INC-42", on="2026-12-02"),
    Phrase("action raise the limit for INC-42 by end of the week", "action", "raise the limit", refs="INC-42",
           on="2026-11-27"),
    Phrase("action 42 raise the limit by 31 feb", "action", "raise the limit", refs="INC-42",
           problem="There is no 31 feb to come"),
    Phrase("action 42 raise the limit by 1/12", "action", "raise the limit", refs="INC-42",
           problem="1/12 can be read in two ways"),
    Phrase("action 42 raise the limit @bob @ann", "action", "raise the limit", refs="INC-42", people="@bob @ann",
           problem="2 people were named"),
    Phrase("action ACT-7", "action", problem="ACT-7 is an action item, and action needs an incident"),
    Phrase("done act-7", "done", refs="ACT-7"),
    Phrase("done 7 deployed on Monday", "done", "deployed on Monday", refs="ACT-7"),
    Phrase("act 7 done", "done", refs="ACT-7"),
    Phrase("done item 7", "done", refs="ACT-7"),
    Phrase("verify act7", "verify", refs="ACT-7"),
    Phrase("snooze act-7 +1w", "snooze", refs="ACT-7", later_days=7),
    Phrase("snooze 7 +2 weeks the vendor is late", "snooze", "the vendor is late", refs="ACT-7", later_days=14),
    Phrase("snooze act-7 for 3 days", "snooze", refs="ACT-7", later_days=3),
    Phrase("postpone 7 until monday", "snooze", refs="ACT-7", on="2026-11-30"),
    Phrase("snooze act-7 tomorrow", "snooze", refs="ACT-7", on="2026-11-26"),
    Phrase("snooze act-7 by fri +1w", "snooze", refs="ACT-7", on="2026-11-27", later_days=7,
           problem="Both a date and a length of time"),
    Phrase("assign act-7 @bob", "assign", refs="ACT-7", people="@bob"),
    Phrase("give act-7 to <@U1>", "assign", refs="ACT-7", people="U1"),
    Phrase("assign 7 to bob", "assign", "to bob", refs="ACT-7", problem="Name the person with an @"),
    Phrase("assign INC-42 @ann", "assign", refs="INC-42", people="@ann"),
    Phrase("drop act-7 because the host is gone", "drop", "because the host is gone", refs="ACT-7"),
    Phrase("won’t do 7", "drop", refs="ACT-7"),
    # Learning.
    Phrase("pattern inc-42 inc-38 no canary probe", "pattern", "no canary probe", refs="INC-42 INC-38"),
    Phrase("analyse 42, 38 and INC-9: retry storm", "pattern", "retry storm", refs="INC-42 INC-38 INC-9"),
    Phrase("bp every canary probes the money path", "practice", "every canary probes the money path"),
    Phrase("Best-Practice: retries have a budget ~payments", "practice", "retries have a budget", labels="payments"),
    Phrase("practice INC-42 retries have a budget", "practice", "retries have a budget", refs="INC-42"),
    Phrase("accept bp-5", "accept", refs="BP-5"),
    Phrase("confirm bp-5 by 2027-05-01", "confirm", refs="BP-5", on="2027-05-01"),
    Phrase("confirm 5", "confirm", refs="BP-5"),
    Phrase("bp-5 still right", "confirm", refs="BP-5"),
    Phrase("confirm bp-5 by 31 feb", "confirm", refs="BP-5", problem="There is no 31 feb to come"),
    Phrase("retire bp-5 the proxy sets it now", "retire", "the proxy sets it now", refs="BP-5"),
    Phrase("retire bp-5 because the proxy sets it", "retire", "because the proxy sets it", refs="BP-5"),
    Phrase("retire 5", "retire", refs="BP-5"),
    Phrase("retire INC-42", "retire", problem="INC-42 is an incident, and retire needs a practice"),
    Phrase("automate bp-5 ci blocks a missing probe", "automate", "ci blocks a missing probe", refs="BP-5"),
    Phrase("check 5", "automate", refs="BP-5"),
    Phrase("adopt bp-5 ~payments", "adopt", refs="BP-5", labels="payments"),
    Phrase("adopt bp-5 ~payments drilled with everybody", "adopt", "drilled with everybody", refs="BP-5",
           labels="payments", why="The words say what was looked at."),
    Phrase("bp-5 adopted by ~payments", "adopt", refs="BP-5", labels="payments"),
    # Moving a stage.
    Phrase("next", "advance"),
    Phrase("advance 42", "advance", refs="INC-42"),
    Phrase("block 42 waiting for the vendor", "block", "waiting for the vendor", refs="INC-42"),
    Phrase("blocked by the vendor", "block", "by the vendor"),
    Phrase("un-block 42", "unblock", refs="INC-42"),
    Phrase("skip 42 nothing to learn here", "skip", "nothing to learn here", refs="INC-42"),
    Phrase("reopen 42 it came back", "reopen", "it came back", refs="INC-42"),
    # Looking.
    Phrase("42", "show", refs="INC-42"),
    Phrase("INC-42", "show", refs="INC-42"),
    Phrase("bp 5", "show", refs="BP-5"),
    Phrase("ACT-7.", "show", refs="ACT-7"),
    Phrase("show bp-5", "show", refs="BP-5"),
    Phrase("status", "show"),
    Phrase("mine", "mine"),
    Phrase("My tasks", "mine"),
    Phrase("find retry storm", "find", "retry storm"),
    Phrase("search retry storm ~payments sev1", "declare", "search retry storm", labels="payments", severity="SEV1",
           is_guess=True, nearest="find", why="Search may be what broke: with a severity, type find."),
    Phrase("s retry storm sev1", "find", "retry storm", severity="SEV1"),
    Phrase("find", "find", problem="Say what to look for"),
    Phrase("report", "report"),
    Phrase("report last week", "report", week="2026-W47"),
    Phrase("weekly W47 ~payments", "report", week="2026-W47", labels="payments"),
    Phrase("report 2026-W46 <#C1>", "report", week="2026-W46", channels="C1"),
    Phrase("report last", "report", week="2026-W47"),
    Phrase("report 2026-W47", "report", week="2026-W47"),
    Phrase("report ~payments", "report", labels="payments"),
    Phrase("report mine", "report", "mine"),
    Phrase("my weekly report", "declare", "my weekly report", is_guess=True, nearest="mine",
           why="My is a word for mine, which takes no others: type report mine."),
    Phrase("report #engineering", "report", channels="#engineering"),
    Phrase("report last <#C1|payments> ~payments", "report", week="2026-W47", channels="C1", labels="payments"),
    Phrase("report weekly", "report", "weekly"),
    Phrase("report weekly ~payments", "report", "weekly", labels="payments"),
    Phrase("report stop", "report", "stop"),
    Phrase("report stop working", "declare", "report stop working", is_guess=True, nearest="report"),
    Phrase("report 2026-W60", "report", problem="There is no report of week 2026-W60"),
    # Asking.
    Phrase("?", "help"),
    Phrase("help", "help"),
    Phrase("help resolve", "help", "resolve"),
    Phrase("help best practice", "help", "best practice"),
    Phrase("home", "menu"),
    Phrase("hello!", "menu"),
)  # fmt: skip
