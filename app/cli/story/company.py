"""Nordwind: six teams, fourteen people, twenty-five services. cart → pricing → vouchers → cart is a circle, alas."""

from __future__ import annotations

from app.cli.story.shapes import Person, Service, Team

DOMAIN = "nordwind.example"
STATELESS, STATEFUL = "stateless", "stateful"

TEAMS = (
    Team("storefront", "Storefront", "#team-storefront"),
    Team("checkout", "Checkout", "#team-checkout"),
    Team("payments", "Payments", "#team-payments"),
    Team("logistics", "Logistics", "#team-logistics"),
    Team("platform", "Platform", "#team-platform"),
    Team("insight", "Data and Insight", ""),
)

PEOPLE = (
    Person("ana", "Ana Keller", "administrator", "platform"),
    Person("ben", "Ben Osei", "owner", "storefront", "Europe/London"),
    Person("cleo", "Cleo Marchand", "owner", "checkout", "Europe/Paris"),
    Person("dario", "Dario Conti", "owner", "payments", "Europe/Rome"),
    Person("ebba", "Ebba Lindqvist", "owner", "logistics", "Europe/Stockholm"),
    Person("farid", "Farid Rahimi", "owner", "platform"),
    Person("greta", "Greta Novak", "owner", "insight", "Europe/Prague"),
    Person("hana", "Hana Sato", "responder", "storefront"),
    Person("ivo", "Ivo Petrov", "responder", "checkout", "Europe/Sofia"),
    Person("jonas", "Jonas Meyer", "responder", "payments"),
    Person("kadi", "Kadi Tamm", "responder", "logistics", "Europe/Tallinn"),
    Person("luis", "Luís Ferreira", "responder", "platform", "Europe/Lisbon"),
    Person("mina", "Mina Haddad", "responder", "insight"),
    Person("noor", "Noor Visser", "viewer", "storefront", "Europe/Amsterdam"),
)

SERVICES = (
    Service("message-bus", "platform", 1, STATEFUL, "Message bus", "Kafka: orders, stock movements, e-mails."),
    Service("config-store", "platform", 1, STATEFUL, "Config store", "Every service reads its settings here."),
    Service("identity", "platform", 1, STATEFUL, "Identity", "Accounts, sign-in, sessions.", "config-store"),
    Service(
        "api-gateway", "platform", 1, STATELESS, "API gateway", "Ends TLS and routes every request of shop and app.",
        "identity config-store",
    ),
    Service(
        "mail-sender", "platform", 2, STATELESS, "Mail sender", "Order confirmations, password resets, newsletters.",
        "message-bus",
    ),
    Service(
        "product-catalog", "storefront", 1, STATEFUL, "Product catalogue", "112,000 articles with texts and variants."
    ),
    Service("search", "storefront", 1, STATEFUL, "Search", "The index behind the search field.", "product-catalog"),
    Service(
        "recommendations", "storefront", 3, STATELESS, "Recommendations", "“Goes well with this tent.”",
        "product-catalog event-pipeline",
    ),
    Service("image-resizer", "storefront", 3, STATELESS, "Image resizer", "Product photos in every size."),
    Service(
        "storefront-web", "storefront", 1, STATELESS, "Shop pages", "What a browser sees.",
        "api-gateway product-catalog search recommendations image-resizer cart",
    ),
    Service(
        "inventory", "logistics", 1, STATEFUL, "Inventory", "Stock of two warehouses and nine shops.", "message-bus"
    ),
    Service(
        "warehouse-sync", "logistics", 2, STATELESS, "Warehouse sync", "Speaks the old protocol of the warehouses.",
        "inventory message-bus",
    ),
    Service("shipping-rates", "logistics", 2, STATELESS, "Shipping rates", "Asks three carriers for prices."),
    Service("returns", "logistics", 3, STATEFUL, "Returns", "Labels and refunds.", "payments inventory"),
    Service(
        "click-and-collect", "logistics", 3, STATELESS, "Click and collect", "Reserve online, fetch in the shop.",
        "inventory mail-sender",
    ),
    Service(
        "payment-ledger", "payments", 1, STATEFUL, "Payment ledger", "What was paid, refunded and owed; append-only."
    ),
    Service("fraud-check", "payments", 2, STATELESS, "Fraud check", "A score for each order.", "event-pipeline"),
    Service(
        "payments", "payments", 1, STATELESS, "Payments", "Cards, PayPal, invoice; three providers.",
        "payment-ledger fraud-check",
    ),
    Service(
        "invoicing", "payments", 2, STATELESS, "Invoicing", "PDF invoices, the month's end for accounting.",
        "payment-ledger mail-sender",
    ),
    Service("vouchers", "checkout", 2, STATEFUL, "Vouchers", "Gift cards and discount codes.", "cart"),
    Service("pricing", "checkout", 1, STATELESS, "Pricing", "Prices, taxes, discounts.", "product-catalog vouchers"),
    Service("cart", "checkout", 1, STATEFUL, "Cart", "Carts of guests and members.", "pricing inventory"),
    Service(
        "checkout", "checkout", 1, STATELESS, "Checkout", "From the cart to the order.",
        "cart payments shipping-rates inventory identity message-bus",
    ),
    Service("event-pipeline", "insight", 2, STATEFUL, "Event pipeline", "Clicks and orders as events.", "message-bus"),
    Service("reporting", "insight", 4, STATELESS, "Reporting", "The figures of yesterday, at seven.", "event-pipeline"),
)  # fmt: skip

# name, area, words
PATTERNS = (
    ("Retry storm", "dependency", "Callers repeat failed calls without limit and keep down what was about to recover."),
    ("Slow dependency", "dependency", "One slow call holds threads until the caller is as slow as the callee."),
    ("Hard dependency on something optional", "dependency", "A page fails because a part that nobody needs fails."),
    ("Expired certificate", "variance", "Something with an expiry date expires, and nobody was told."),
    ("Lost instance", "scale", "One node goes and takes something with it that lived there alone."),
    ("Overload at peak", "scale", "More traffic than there is capacity, and nothing that grows or sheds."),
    ("Bad deploy everywhere at once", "change", "A faulty version reaches all customers before anybody looks at it."),
    ("Unstaged config change", "change", "A setting is changed for everybody in one second."),
    ("Silent failure", "variance", "It was broken for hours and the machines thought that all was well."),
    ("Data without a way back", "organization", "Data are lost or wrong, and the restore had never been tried."),
    ("Nobody's service", "organization", "It breaks and nobody knows whose it is."),
)
