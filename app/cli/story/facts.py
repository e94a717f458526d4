"""What the services of Nordwind report about themselves: keys, what is right, and who put right what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cli.story.shapes import Attested, Drive, Exempt, Gap

# The keys that checks ask about, and what they mean. `kubernetes.*` come from manifests, all others from CI.
KEYS: Mapping[str, str] = {
    "http.timeout_ms": "The longest that a call to another service may take, in milliseconds; 0: for ever.",
    "retry.budget_percent": "How many repeated calls there may be for each hundred requests.",
    "circuit_breaker.enabled": "Whether calls stop for a while when most of them fail.",
    "http.fallback": "What is given when an optional dependency fails: none, default or cached.",
    "bulkhead.enabled": "Whether each dependency has connections and threads of its own.",
    "kubernetes.session_affinity": "Whether a customer's requests must reach the same instance.",
    "kubernetes.kind": "Deployment, StatefulSet or DaemonSet.",
    "kubernetes.replicas": "Instances that are asked for.",
    "kubernetes.disruption_budget": "Whether draining nodes leaves at least one instance.",
    "kubernetes.autoscaler": "Whether there is a horizontal autoscaler.",
    "kubernetes.autoscaler.min": "The fewest instances that the autoscaler leaves.",
    "kubernetes.autoscaler.max": "The most instances that the autoscaler may start.",
    "kubernetes.readiness_probe": "Whether there is a readiness probe of its own.",
    "kubernetes.liveness_probe": "Whether there is a liveness probe.",
    "kubernetes.memory_limit_mib": "The memory limit of the main container; 0: none.",
    "deploy.canary": "Whether a new version serves a few customers first.",
    "deploy.automatic_rollback": "Whether a deploy is taken back by itself when errors rise.",
    "kubernetes.image_immutable": "Whether what runs is named by a digest.",
    "alerts.without_runbook": "Alerts that name no owner or no runbook.",
    "dashboard.url": "Where the service's dashboard is.",
    "naming.exceptions": "Resources whose name does not follow the scheme.",
    "dependencies.undeclared": "Services that are called, as traces show, and not declared as dependencies.",
    "oncall.rotation": "The schedule of the people on call; empty: nobody.",
    "tls.expiry_alert_days": "How many days before the expiry somebody is told; 0: never.",
}

RIGHT: Mapping[str, Any] = {
    "http.timeout_ms": 800, "retry.budget_percent": 10, "circuit_breaker.enabled": True, "http.fallback": "default",
    "bulkhead.enabled": False, "kubernetes.session_affinity": False, "kubernetes.replicas": 3,
    "kubernetes.kind": "Deployment", "kubernetes.disruption_budget": True, "kubernetes.autoscaler": True,
    "kubernetes.autoscaler.min": 3, "kubernetes.autoscaler.max": 12, "kubernetes.readiness_probe": True,
    "kubernetes.liveness_probe": True, "kubernetes.memory_limit_mib": 768, "deploy.canary": True,
    "deploy.automatic_rollback": False, "kubernetes.image_immutable": True, "alerts.without_runbook": 0,
    "naming.exceptions": 0, "dependencies.undeclared": 0, "tls.expiry_alert_days": 21,
}  # fmt: skip

# Numbers of their own, so that the services do not look as if one hand had written them.
OWN: Mapping[str, Mapping[str, Any]] = {
    "checkout": {
        "http.timeout_ms": 1_200,
        "kubernetes.replicas": 8,
        "kubernetes.autoscaler.max": 40,
        "kubernetes.memory_limit_mib": 1_536,
    },
    "payments": {"http.timeout_ms": 2_000, "kubernetes.replicas": 6, "kubernetes.autoscaler.max": 24},
    "storefront-web": {
        "http.timeout_ms": 900,
        "kubernetes.replicas": 10,
        "kubernetes.autoscaler.max": 60,
        "http.fallback": "cached",
    },
    "api-gateway": {
        "http.timeout_ms": 1_500,
        "kubernetes.replicas": 6,
        "kubernetes.autoscaler.max": 30,
        "tls.expiry_alert_days": 30,
    },
    "pricing": {"http.timeout_ms": 350, "kubernetes.replicas": 6, "http.fallback": "cached"},
    "search": {"kubernetes.replicas": 5, "kubernetes.memory_limit_mib": 8_192},
    "product-catalog": {"kubernetes.replicas": 4, "kubernetes.memory_limit_mib": 4_096},
    "fraud-check": {"http.timeout_ms": 600, "kubernetes.replicas": 4},
    "shipping-rates": {"http.timeout_ms": 1_800, "kubernetes.replicas": 2, "bulkhead.enabled": True},
    "warehouse-sync": {"http.timeout_ms": 2_000, "kubernetes.replicas": 2},
    "recommendations": {"http.timeout_ms": 400, "kubernetes.replicas": 2, "kubernetes.memory_limit_mib": 2_048},
    "image-resizer": {"http.timeout_ms": 1_500, "kubernetes.replicas": 2, "kubernetes.memory_limit_mib": 1_024},
    "event-pipeline": {"kubernetes.replicas": 5, "kubernetes.memory_limit_mib": 6_144},
    "message-bus": {"kubernetes.replicas": 5, "kubernetes.memory_limit_mib": 12_288},
    "reporting": {"http.timeout_ms": 2_000, "kubernetes.replicas": 1, "oncall.rotation": ""},
}
# Stateful services have no autoscaler, and nobody has asked them for a canary yet.
OF_STATEFUL: Mapping[str, Any] = {
    "kubernetes.autoscaler": False,
    "kubernetes.autoscaler.max": 0,
    "deploy.canary": False,
}

GAPS = (
    Gap("oncall.rotation", "", None, {"image-resizer": 258, "returns": 256, "click-and-collect": 251}),
    Gap("kubernetes.replicas", 1, 2, {
        "shipping-rates": 247, "warehouse-sync": 239, "click-and-collect": 236, "returns": 231,
    }),
    Gap("http.timeout_ms", 0, 1_500, {
        "checkout": 246, "storefront-web": 234, "fraud-check": 229, "invoicing": 226, "image-resizer": 219,
        "reporting": 215,
    }),
    Gap("tls.expiry_alert_days", 0, 21, {
        "api-gateway": 233, "mail-sender": 221, "identity": 217, "payments": 214, "message-bus": 208,
        "warehouse-sync": 201,
    }),
    Gap("kubernetes.session_affinity", True, False, {"storefront-web": 216, "click-and-collect": 207, "checkout": 204}),
    Gap("retry.budget_percent", 300, 10, {
        "payments": 208, "checkout": 198, "storefront-web": 194, "api-gateway": 189, "mail-sender": 184,
        "shipping-rates": 176,
    }),
    Gap("kubernetes.disruption_budget", False, True, {
        "identity": 186, "cart": 177, "vouchers": 172, "fraud-check": 168, "event-pipeline": 162,
    }),
    Gap("kubernetes.readiness_probe", False, True, {
        "search": 173, "returns": 163, "reporting": 157, "image-resizer": 152,
    }),
    Gap("kubernetes.memory_limit_mib", 0, 1_024, {"image-resizer": 159, "reporting": 146, "recommendations": 142}),
    Gap("alerts.without_runbook", 7, 0, {
        "event-pipeline": 145, "message-bus": 134, "inventory": 128, "search": 121, "returns": 115,
    }),
    Gap("kubernetes.image_immutable", False, True, {
        "payments": 137, "invoicing": 122, "warehouse-sync": 117, "reporting": 107,
    }),
    Gap("naming.exceptions", 3, 0, {"cart": 105, "vouchers": None, "reporting": None}),
    Gap("circuit_breaker.enabled", False, True, {
        "checkout": 62, "storefront-web": 47, "payments": 35, "shipping-rates": 18, "mail-sender": None,
        "invoicing": None, "warehouse-sync": None,
    }),
    Gap("http.fallback", "none", "default", {"storefront-web": 49, "checkout": 22, "payments": None}),
    Gap("kubernetes.autoscaler", False, True, {
        "storefront-web": 82, "checkout": 71, "pricing": 44, "fraud-check": 16, "shipping-rates": None,
        "warehouse-sync": None,
    }),
    Gap("deploy.canary", False, True, {
        "pricing": 52, "checkout": 39, "storefront-web": 25, "fraud-check": None, "invoicing": None,
        "mail-sender": None, "warehouse-sync": None,
    }),
    Gap("dashboard.url", "", None, {"returns": 61, "invoicing": 28, "click-and-collect": None, "warehouse-sync": None}),
    Gap("dependencies.undeclared", 2, 0, {"cart": 54, "storefront-web": 36, "returns": 15, "mail-sender": None}),
)  # fmt: skip

# What does not report a fact at all is unknown, not wrong.
SILENT: Mapping[str, tuple[str, ...]] = {
    "api-gateway": ("http.fallback", "deploy.canary"),
    "reporting": ("dashboard.url", "dependencies.undeclared"),
    "event-pipeline": ("dependencies.undeclared",),
}

# The slip: the rewrite of recommendations brought a client with its default, which is to wait for half a minute.
REGRESSIONS = ((5.2, "recommendations", {"http.timeout_ms": 30_000}),)

# Every so many days before now, all services report all their facts: the nightly inventory.
NIGHTLY = (268.3, 212.3, 156.3, 100.3, 48.3, 0.31)

# The newest of each is still fresh.
ATTESTED = (
    *(
        Attested("backups", service, days, f"Restored into an empty cluster; {rows} counted, as in the original.")
        for days, service, rows in (
            (188, "payment-ledger", "41,207,332 rows"), (186, "inventory", "1,118,490 rows"),
            (184, "identity", "2,380,114 accounts"), (180, "cart", "96,310 carts"), (179, "vouchers", "512,027 codes"),
            (175, "product-catalog", "112,408 articles"), (171, "returns", "77,902 returns"),
            (169, "config-store", "3,204 keys"), (166, "message-bus", "the 48 topics"),
            (164, "event-pipeline", "90 days of events"),
            (101, "payment-ledger", "44,870,016 rows"), (100, "inventory", "1,121,633 rows"),
            (99, "identity", "2,455,720 accounts"), (98, "cart", "104,655 carts"), (97, "vouchers", "530,918 codes"),
            (96, "product-catalog", "112,977 articles"), (95, "returns", "84,011 returns"),
            (94, "config-store", "3,310 keys"), (93, "message-bus", "the 51 topics"),
            (92, "event-pipeline", "90 days of events"),
            (33, "payment-ledger", "48,115,904 rows"), (32, "inventory", "1,124,058 rows"),
            (31, "identity", "2,519,303 accounts"), (30, "cart", "131,240 carts"), (29, "vouchers", "548,772 codes"),
            (26, "product-catalog", "113,502 articles"), (25, "returns", "90,144 returns"),
            (24, "config-store", "3,391 keys"), (23, "message-bus", "the 52 topics"),
            (22, "event-pipeline", "90 days of events"),
        )
    ),
    *(
        Attested("failover", service, days, "Served Berlin and Vienna from the second region from 10 to 11:30.")
        for days, service in (
            (60, "api-gateway"), (60, "identity"), (59, "config-store"), (45, "storefront-web"),
            (45, "product-catalog"), (44, "search"), (20, "cart"), (19, "pricing"),
        )
    ),
    Attested(
        "failover", "payment-ledger", 18, "The replica in the second region was 40 minutes behind; broken off.", "fail"
    ),
)  # fmt: skip

CAMPAIGNS = (
    Drive("autoscaling", "cleo", 24, 18, 100, "Advent brings three times the orders: whoever cannot grow drops them."),
    Drive(
        "canary",
        "farid",
        12,
        33,
        95,
        "Two incidents of this autumn were versions that a tenth of the customers saw first.",
    ),
)
EXEMPT = (
    Exempt("backups", "search", "ben", 190, 60, "The index is built anew from the catalogue within 50 minutes."),
    Exempt("budget", "message-bus", "luis", 181, 40, "Its operator drains brokers one by one; a budget stops it."),
    Exempt(
        "breaker", "invoicing", "dario", 40, 9,
        "Runs at night from a queue; a failed invoice is tried again the next night. Until the new PDF engine is in.",
    ),
    Exempt("canary", "warehouse-sync", "ebba", 30, 75, "There are two warehouses: a canary would be half of them."),
    Exempt(
        "budget", "search", "hana", 2, 90, "The index is moved to other nodes until the end of the quarter.",
        is_granted=False,
    ),
)  # fmt: skip
