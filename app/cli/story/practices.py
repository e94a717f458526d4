"""The practices of Nordwind: twenty-five rules from the five areas of the talk "Mastering Chaos", each where it "
"stands."""

from __future__ import annotations

from app.cli.story.shapes import CHANGE, DEPENDENCY, ORGANIZATION, SCALE, VARIANCE, Check, Practice

STATELESS = 'service.kind == "stateless"'
STATEFUL = 'service.kind == "stateful"'

PRACTICES = (
    Practice(
        "timeouts", "Every call to another service has a timeout of at most two seconds", DEPENDENCY,
        "A call without a timeout holds its thread for as long as the callee likes. In the first of these incidents "
        "400 threads of checkout waited for shipping rates that nobody needed any more.",
        "cleo", 246, STATELESS, born_of="hung-shipping", accepted_by="farid", accepted=243, by_in=-120,
        check=Check('facts["http.timeout_ms"] > 0 && facts["http.timeout_ms"] <= 2000', 240, 236),
    ),
    Practice(
        "retries",
        "Retries have a budget: at most a tenth of the requests, with jitter, and only where repeating is safe",
        DEPENDENCY,
        "Three attempts at each of four layers are 81 requests for one click. A budget stops the multiplication at the "
        "moment when it hurts most.",
        "farid", 213, STATELESS, born_of="retry-ledger", accepted_by="dario", accepted=210, by_in=-90,
        check=Check('facts["retry.budget_percent"] <= 10', 205, 200),
    ),
    Practice(
        "breaker", "Calls to another service stop for a while when most of them fail: a circuit breaker", DEPENDENCY,
        "What fails slowly takes its callers along; what fails at once lets them go on without it.",
        "cleo", 84, f"{STATELESS} && service.tier <= 2", 90, 24, accepted_by="ben", accepted=80,
        born_of="fraud-slow", check=Check('facts["circuit_breaker.enabled"]', 74, 66),
    ),
    Practice(
        "fallback", "A page or an order goes on without what is optional: every optional dependency has a fallback",
        DEPENDENCY,
        "Nobody leaves a shop because “goes well with” is empty. Everybody leaves when the page is an error.",
        "hana", 70, f"{STATELESS} && service.tier == 1", 100, 38, accepted_by="cleo", accepted=66,
        born_of="recommendations-down", check=Check('facts["http.fallback"] != "none"', 60, 52),
    ),
    Practice(
        "bulkhead", "Each dependency has a pool of its own, so that a slow one cannot use up the threads of the others",
        DEPENDENCY,
        "One pool for all calls means that the slowest partner decides how many customers can check out.",
        "ivo", 27, f"{STATELESS} && service.tier == 1", 90, 75, accepted_by="dario", accepted=20,
        born_of="carrier-pool",
        check=Check('facts["bulkhead.enabled"]', 11, None),
    ),
    Practice(
        "affinity", "No request needs the instance that served the last one: sessions live outside the process", SCALE,
        "With affinity, losing an instance loses its customers' carts; without it, it is an event that nobody notices.",
        "ben", 224, STATELESS, born_of="sticky-carts", accepted_by="cleo", accepted=221, by_in=-100,
        check=Check('!facts["kubernetes.session_affinity"]', 219, 212),
    ),
    Practice(
        "replicas", "Every service that customers feel runs in two replicas or more", SCALE,
        "One instance is none: a node is drained about once a week.",
        "farid", 251, "service.tier <= 3", accepted_by="ebba", accepted=248, born_of="single-rates", by_in=-140,
        check=Check('facts["kubernetes.replicas"] >= 2', 245, 241),
    ),
    Practice(
        "budget", "A disruption budget keeps at least one instance while nodes are drained", SCALE,
        "Two replicas on one node leave together when the node is emptied for an upgrade.",
        "luis", 190, "service.tier <= 2", accepted_by="farid", accepted=187, born_of="drained-both", by_in=-60,
        check=Check('facts["kubernetes.disruption_budget"]', 183, 178),
    ),
    Practice(
        "autoscaling", "Stateless services grow by themselves, and have been seen to grow under load", SCALE,
        "A newsletter brings four times the traffic within ten minutes; nobody scales by hand as fast as that.",
        "luis", 96, f"{STATELESS} && service.tier <= 2", 90, 12, accepted_by="ben", accepted=92,
        born_of="newsletter-peak",
        check=Check('facts["kubernetes.autoscaler"] && facts["kubernetes.autoscaler.max"] >= 6', 85, 78),
    ),
    Practice(
        "health", "A readiness probe asks what the service needs to serve, a liveness probe only whether it lives",
        VARIANCE,
        "A probe that is always green sends customers to an instance that answers nothing.",
        "hana", 178, "true", accepted_by="farid", accepted=174, born_of="green-but-dead", by_in=-50,
        check=Check('facts["kubernetes.readiness_probe"] && facts["kubernetes.liveness_probe"]', 170, 165),
    ),
    Practice(
        "limits", "Every container has a memory limit and a request that were measured, not copied", SCALE,
        "Without a limit one leak takes the whole node and its neighbours.",
        "luis", 161, "true", accepted_by="greta", accepted=158, born_of="leaky-resizer", by_in=-40,
        check=Check('facts["kubernetes.memory_limit_mib"] > 0', 155, 150),
    ),
    Practice(
        "failover", "Tier 1 moves to the other region and back once a quarter, on a working day, with customers on it",
        SCALE,
        "A second region that was never used is a plan, not a region. Ours lacked two secrets and a DNS entry.",
        "farid", 112, "service.tier == 1", 100, 45, accepted_by="dario", accepted=108, born_of="region-dns",
        check=Check(
            "Has the service served customers from the second region within the last quarter?", 101, 95, "attested",
            "Only people see whether the shop worked during the exercise; the journal of the exercise is the evidence.",
            100,
        ),
    ),
    Practice(
        "chaos", "Losing an instance, and losing each dependency, is tried out under load before customers try it",
        VARIANCE,
        "Breakers and fallbacks that were never exercised fail in ways of their own.",
        "farid", 6, "service.tier <= 2", 80, 120, born_of="fallback-of-fallback",
    ),
    Practice(
        "canary", "A new version serves a few customers first and is compared with the old one", CHANGE,
        "Two minutes with one customer in a hundred would have shown what cost us 38 minutes with all of them.",
        "ben", 58, f"{STATELESS} && service.tier <= 2", 90, 30, accepted_by="farid", accepted=55, born_of="tax-zero",
        check=Check('facts["deploy.canary"]', 48, 41),
    ),
    Practice(
        "rollback", "Deploys go region by region and roll back by themselves when errors rise", CHANGE,
        "People need twelve minutes to decide on a rollback. The machine needs one.",
        "hana", 21, f"{STATELESS} && service.tier <= 2", 90, 60, accepted_by="farid", accepted=17,
        born_of="gateway-rewrite", check=Check('facts["deploy.automatic_rollback"]', 9, None),
    ),
    Practice(
        "images", "What runs is an image named by its digest; nothing is installed or patched in a running container",
        VARIANCE,
        "Two instances of “the same” version answered differently for nine hours, because one was a day older.",
        "jonas", 139, "true", accepted_by="dario", accepted=136, born_of="latest-tag", by_in=-30,
        check=Check('facts["kubernetes.image_immutable"]', 130, 124),
    ),
    Practice(
        "alerts", "Every alert names an owner and a runbook, and asks for something that a person can do now", VARIANCE,
        "The alert that nobody understood rang for two hours before the one that everybody understood.",
        "mina", 150, "service.tier <= 3", accepted_by="farid", accepted=147, born_of="stuck-consumer", by_in=-30,
        check=Check('facts["alerts.without_runbook"] == 0', 141, 137),
    ),
    Practice(
        "dashboards", "One dashboard per service shows what customers get: rate, errors, duration, saturation",
        VARIANCE,
        "In the first ten minutes of an outage we look for the right graph.",
        "mina", 88, "true", 95, 20, "should", accepted_by="ebba", accepted=81, born_of="which-graph",
        check=Check('facts["dashboard.url"].startsWith("https://")', 76, 70),
    ),
    Practice(
        "naming", "Resources are named environment, service, kind: prod-cart-db", VARIANCE,
        "Somebody looked at the wrong database for twenty minutes, because it was called cart2.",
        "luis", 132, "true", 100, -20, "should", accepted_by="greta", accepted=126, born_of="wrong-cluster",
        check=Check('facts["naming.exceptions"] == 0', 118, 110), retired=13,
        retired_why="The platform gives names by itself since the move to the new provisioner; there is nothing left "
        "that people could name wrongly.",
    ),
    Practice(
        "dependencies", "Every dependency is declared in the catalogue, before the first call", DEPENDENCY,
        "Nobody told vouchers that cart would ask them for every guest. They learned it from the load.",
        "ebba", 64, "true", 95, 33, accepted_by="farid", accepted=61, born_of="undeclared-vouchers",
        check=Check('facts["dependencies.undeclared"] == 0', 57, 50),
    ),
    Practice(
        "backups", "Backups are restored once a quarter, into an empty place, and the result is counted", ORGANIZATION,
        "A backup that was never restored is a hope. Ours had been empty for eleven days.",
        "dario", 203, STATEFUL, accepted_by="ebba", accepted=199, born_of="empty-backup", by_in=-90,
        check=Check(
            "Was a backup restored within the last quarter, and were the rows counted?", 195, 191, "attested",
            "A restore is an exercise of people; a machine sees the file but not whether the shop could live from it.",
            100,
        ),
    ),
    Practice(
        "oncall", "Every service has an owning team and somebody on call for it, today", ORGANIZATION,
        "It took 47 minutes to find out whose the service was; repairing it took four.",
        "ana", 262, "service.tier <= 3", accepted_by="greta", accepted=259, born_of="whose-resizer", by_in=-150,
        check=Check('facts["oncall.rotation"] != ""', 257, 254),
    ),
    Practice(
        "certificates", "Whatever expires is watched by a machine that speaks up three weeks before", VARIANCE,
        "Certificates, tokens, domains: the date is known a year ahead and still comes as a surprise.",
        "luis", 235, "true", accepted_by="ana", accepted=232, born_of="gateway-certificate", by_in=-120,
        check=Check('facts["tls.expiry_alert_days"] >= 21', 228, 223),
    ),
    Practice(
        "flags", "New behaviour goes out behind a flag that is off, and the flag is removed within a quarter", CHANGE,
        "Switching off takes seconds, rolling back minutes. But a forgotten flag is a trap with a date.",
        "ivo", 31, "service.tier <= 2", 80, 90, "should", accepted_by="ben", accepted=26, born_of="dead-flag",
    ),
    Practice(
        "config", "A change of configuration is staged, watched and rolled back like a change of code", CHANGE,
        "Our deploys reach one customer in a hundred first. Our settings reach everybody within one second.",
        "luis", 9, "service.tier <= 2", 90, 100, born_of="pool-size-one",
    ),
)  # fmt: skip
