"""Catalogues of Backstage are read as Backstage reads them; what is wrong is named by file, entity, field and line."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.intake import backstage, backstage_yaml
from app.intake.backstage_records import ComponentRead, Read
from app.intake.backstage_refs import NoReference, Ref, read_ref

HEAD = "apiVersion: backstage.io/v1alpha1\n"
CART = (
    HEAD
    + """kind: Component
metadata:
  name: Cart
  title: The cart
  description: |
    Keeps what people want.
  tags: [java, c++, team-1]
  annotations:
    ratchet.dev/tier: "1"
    ratchet.dev/kind: stateful
    ratchet.dev/formerly: basket
spec:
  type: service
  lifecycle: production
  owner: payments
  system: shop
  dependsOn:
    - component:checkout
    - resource:default/db
    - Component:External/Mail
"""
)


def component(name: str = "cart", spec: str = "", metadata: str = "") -> str:
    about = f"spec: {{type: service, lifecycle: production, owner: shop{', ' + spec if spec else ''}}}"
    return f"{HEAD}kind: Component\nmetadata: {{name: {name}{', ' + metadata if metadata else ''}}}\n{about}\n"


def read(*documents: str) -> Read:
    return backstage.read_text("---\n".join(documents), "catalog-info.yaml")


def one(*documents: str) -> ComponentRead:
    found = read(*documents)
    assert found.problems == []
    return found.components[0]


def said(found: Read) -> list[str]:
    return [str(each) for each in found.problems]


def test_a_component_is_read_with_all_that_ratchet_keeps() -> None:
    cart = one(CART)
    assert (str(cart.ref), cart.written, cart.title) == ("component:default/cart", "Cart", "The cart")
    assert cart.description == "Keeps what people want."
    assert (cart.type, cart.lifecycle, str(cart.system)) == ("service", "production", "system:default/shop")
    assert str(cart.owner) == "group:default/payments"
    assert cart.tags == ("java", "c++", "team-1")
    assert [str(each) for each in cart.depends_on or ()] == ["component:default/checkout", "component:external/mail"]
    assert (cart.tier, cart.kind, str(cart.formerly)) == (1, "stateful", "component:default/basket")
    assert read(CART).skipped == {"resource in spec.dependsOn": 1}


def test_what_a_file_does_not_say_is_none_and_not_empty() -> None:
    cart = one(component())
    unsaid = (
        cart.title,
        cart.description,
        cart.system,
        cart.tags,
        cart.depends_on,
        cart.tier,
        cart.kind,
        cart.formerly,
    )
    assert unsaid == (None,) * 8
    assert one(component(spec="dependsOn: []", metadata="tags: []")).depends_on == ()


def test_groups_and_systems_are_read() -> None:
    found = read(
        HEAD + "kind: Group\nmetadata:\n  name: pay\n  annotations: {ratchet.dev/slack-channel: '#pay'}\n"
        "spec: {type: team, profile: {displayName: Payments}, parent: engineering, children: []}\n",
        HEAD + "kind: Group\nmetadata: {name: search, title: Search}\nspec: {type: team, children: []}\n",
        HEAD + "kind: System\nmetadata: {name: shop}\nspec: {owner: pay}\n",
    )
    pay, search = found.groups
    assert (pay.title, pay.slack_channel, str(pay.parent)) == ("Payments", "#pay", "group:default/engineering")
    assert (search.title, search.slack_channel, search.formerly) == ("Search", None, None)
    assert [(str(each.ref), str(each.owner)) for each in found.systems] == [
        ("system:default/shop", "group:default/pay")
    ]


def test_other_kinds_are_counted_and_kubernetes_is_not_taken_for_a_catalogue() -> None:
    kinds = ("API", "Resource", "User", "Domain", "Location", "Template", "API")
    found = read(
        *(f"{HEAD}kind: {each}\nmetadata: {{name: x}}\n" for each in kinds),
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
    )
    assert found.skipped["API"] == 2
    assert found.skipped["Deployment (apps/v1)"] == 1
    assert found.skipped.total() == 8
    assert not found.problems


@pytest.mark.parametrize(
    ("text", "kind", "namespace", "expected"),
    [
        ("payments", "group", "default", "group:default/payments"),
        ("group:payments", None, "default", "group:default/payments"),
        ("group:default/Payments", "user", "x", "group:default/payments"),
        ("internal/lights", "api", "external", "api:internal/lights"),
        ("lights", "api", "External", "api:external/lights"),
        ("Component:cart", "group", "default", "component:default/cart"),
    ],
)
def test_references_are_completed_by_their_context(text: str, kind: str, namespace: str, expected: str) -> None:
    assert str(read_ref(text, kind=kind, namespace=namespace)) == expected


@pytest.mark.parametrize(
    "text", ["", ":", "/", "group:", "group:/x", "/x", "a:b:c", "a/b/c", "a b", "ns/a:b", "x" * 64]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(NoReference):
        read_ref(text, kind="group", namespace="default")


def test_a_dependency_without_a_kind_is_taken_for_a_component_and_noted() -> None:
    found = read(component(spec="dependsOn: [checkout, external/mail]"))
    assert found.components[0].depends_on == (
        Ref("component", "default", "checkout"), Ref("component", "external", "mail"),
    )  # fmt: skip
    assert [each.reason for each in found.notes] == [
        "“checkout” has no kind, which Backstage asks for; read as component:default/checkout",
        "“external/mail” has no kind, which Backstage asks for; read as component:external/mail",
    ]


def test_references_may_be_mappings() -> None:
    cart = one(component().replace("owner: shop", "owner: {kind: Group, namespace: eu, name: Pay}"))
    assert str(cart.owner) == "group:eu/pay"


def test_a_service_does_not_depend_on_itself() -> None:
    found = read(component("Cart", spec="dependsOn: [component:cart, component:default/CART]"))
    assert found.components[0].depends_on == ()
    assert [each.reason for each in found.notes] == ["names itself: left out"] * 2


def test_namespaces_keep_names_apart() -> None:
    found = read(component("cart"), component("cart", metadata="namespace: External"))
    assert [each.ref.catalogue_name for each in found.components] == ["cart", "external.cart"]


def test_what_backstage_asks_for_and_is_missing_is_noted() -> None:
    found = read(f"{HEAD}kind: Component\nmetadata:\n  name: cart\nspec:\n  owner:\n")
    assert [each.field for each in found.notes] == [
        "Component cart: spec.owner", "Component cart: spec.type", "Component cart: spec.lifecycle",
    ]  # fmt: skip
    assert found.notes[0].line == 6
    assert found.components[0].owner is None


def test_an_unknown_annotation_of_ours_is_noted() -> None:
    found = read(component(metadata="annotations: {ratchet.dev/teir: '1', other.dev/tier: '9'}"))
    assert [each.field for each in found.notes] == ["Component cart: metadata.annotations.ratchet.dev/teir"]
    assert found.components[0].tier is None


@pytest.mark.parametrize(
    ("document", "field", "words"),
    [
        (component(name="-x"), "Component -x: metadata.name", "is no name"),
        (component(name="x" * 64), f"Component {'x' * 62}…: metadata.name", "is no name"),
        (component(name="[a]"), "Component: metadata.name", "a text is expected"),
        (component(name="''"), "Component: metadata.name", "missing"),
        (component(metadata="namespace: a_b"), "Component cart: metadata.namespace", "is no namespace"),
        (component(metadata="title: [a]"), "Component cart: metadata.title", "a text is expected"),
        (component(metadata="title: " + "x" * 301), "Component cart: metadata.title", "longer than 300"),
        (component(metadata='description: "a\\0b"'), "Component cart: metadata.description", "NUL"),
        (component(metadata="tags: java"), "Component cart: metadata.tags", "a list is expected"),
        (component(metadata="tags: [Java]"), "Component cart: metadata.tags", "“Java” is no tag"),
        (component(metadata="tags: [{a: b}]"), "Component cart: metadata.tags", "is no tag"),
        (component(metadata="annotations: [a]"), "Component cart: metadata.annotations", "a mapping is expected"),
        (component(metadata="annotations: {ratchet.dev/tier: '5'}"),
         "Component cart: metadata.annotations.ratchet.dev/tier", "“5” is no tier"),
        (component(metadata="annotations: {ratchet.dev/tier: [1]}"),
         "Component cart: metadata.annotations.ratchet.dev/tier", "a text is expected"),
        (component(metadata="annotations: {ratchet.dev/kind: heavy}"),
         "Component cart: metadata.annotations.ratchet.dev/kind", "stateless or stateful"),
        (component(metadata="annotations: {ratchet.dev/formerly: 'group:x'}"),
         "Component cart: metadata.annotations.ratchet.dev/formerly", "another kind"),
        (component(spec="system: [a]"), "Component cart: spec.system", "expected"),
        (component(spec="system: a b"), "Component cart: spec.system", "is not of the form"),
        (component(spec="dependsOn: component:x"), "Component cart: spec.dependsOn", "a list is expected"),
        (component(spec="dependsOn: [[a]]"), "Component cart: spec.dependsOn", "expected"),
        (component(spec="dependsOn: ['component:']"), "Component cart: spec.dependsOn", "its name is wrong"),
        (component().replace("owner: shop", "owner: [a]"), "Component cart: spec.owner", "expected"),
        (component().replace("owner: shop", "owner: {name: [a]}"), "Component cart: spec.owner", "expected"),
        (component().replace("type: service", "type: {a: b}"), "Component cart: spec.type", "a text is expected"),
        (f"{HEAD}kind: Component\nmetadata: {{name: cart}}\nspec: [a]\n", "Component cart: spec", "a mapping"),
        (f"{HEAD}kind: Component\nmetadata: cart\n", "Component: metadata", "a mapping"),
        (f"{HEAD}kind: Component\n", "Component: metadata.name", "missing"),
        (f"{HEAD}metadata: {{name: cart}}\n", "document 1: kind", "missing"),
        ("kind: Component\n", "document 1: apiVersion", "missing"),
        (f"{HEAD}kind: [Component]\n", "document 1: kind", "a text is expected"),
        ("- a\n- b\n", "document 1", "no mapping"),
        ("just words\n", "document 1", "no mapping"),
        ("a: [1\n", "document 1", "no valid YAML"),
        ("a: 1\na: 2\n", "document 1", "a is there twice (first on line 1)"),
        ("? [a]\n: b\n", "document 1", "a list or a mapping stands where"),
        ("a: *nobody\n", "document 1", "nothing is called &nobody"),
        ("a: &a [*a]\n", "document 1", "nothing is called &a"),
        ("a: \x01\n", "document 1", "no valid YAML"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_the_good_entities_stay(document: str, field: str, words: str) -> None:
    found = read(component("before"), document, component("after"))
    assert [each.ref.name for each in found.components] == ["before", "after"]
    assert [each.field.replace("document 2", "document 1") for each in found.problems] == [field]
    assert words in found.problems[0].reason.replace("first on line 6", "first on line 1")
    assert (found.problems[0].line or 0) >= 5


def test_all_that_is_wrong_with_an_entity_is_said_at_once() -> None:
    found = read(component(name="a b", metadata="tags: java", spec="dependsOn: x"))
    assert len(found.problems) == 3


def test_one_entity_in_two_places_is_refused_in_both() -> None:
    found = read(component("cart"), component("mail"), component("Cart"))
    assert [each.ref.name for each in found.components] == ["mail"]
    assert said(found) == [
        "catalog-info.yaml: Component cart: metadata.name: line 3: component:default/cart is also in "
        "catalog-info.yaml, line 13; neither is taken in",
        "catalog-info.yaml: Component Cart: metadata.name: line 13: component:default/cart is also in "
        "catalog-info.yaml, line 3; neither is taken in",
    ]


def test_a_file_may_have_windows_lines_a_mark_at_its_beginning_directives_and_empty_documents() -> None:
    text = "\ufeff%YAML 1.1\n---\n# nothing\n---\n" + component("cart") + "...\n---\n\n--- # here\n" + component("mail")
    found = backstage.read_text(text.replace("\n", "\r\n"), "x")
    assert [each.ref.name for each in found.components] == ["cart", "mail"]
    assert found.problems == []
    assert found.components[1].lines["kind"] == text.count("\n", 0, text.rindex("kind:")) + 1


def test_three_dashes_in_a_text_end_no_document() -> None:
    assert one(CART.replace("    Keeps", "    ---\n    Keeps")).description == "---\nKeeps what people want."


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 900_000, "nested too deep"),
        ("a: " + "{b: " * 200 + "}" * 200, "nested too deep"),
        ("- " * 100_000 + "x", "nested too deep"),
        ("a: [" + "x," * 30_000 + "]", "too many values"),
        ("a: " + "x" * 1_000_001, "longer than 1,000,000 characters"),
    ],
    ids=["brackets", "mappings", "dashes", "many values", "long"],
)
def test_what_would_cost_too_much_is_refused_and_the_rest_is_read(text: str, words: str) -> None:
    started = time.perf_counter()
    found = read(text + "\n", component("after"))
    assert words in found.problems[0].reason
    assert [each.ref.name for each in found.components] == ["after"]
    assert time.perf_counter() - started < 5


def test_aliases_of_aliases_cost_nothing() -> None:
    started = time.perf_counter()
    found = read(HEAD + "kind: Component\nmetadata: {name: cart}\nspec: {owner: x}\n" + BOMB, component("after"))
    assert [each.ref.name for each in found.components] == ["cart", "after"]
    assert time.perf_counter() - started < 2


def test_a_description_in_another_file_is_noted_and_not_followed() -> None:
    found = read(component(metadata="description: {$text: ./README.md}"))
    assert found.components[0].description is None
    assert "stands in another file" in found.notes[0].reason


# Files and folders


def test_a_folder_is_read_with_all_below_it(tmp_path: Path) -> None:
    (tmp_path / "cart").mkdir()
    (tmp_path / "cart" / "catalog-info.yaml").write_text(component("cart"))
    (tmp_path / ".backstage").mkdir()
    (tmp_path / ".backstage" / "catalog-info.yml").write_text(component("mail"))
    (tmp_path / "org.yaml").write_text(HEAD + "kind: Group\nmetadata: {name: shop}\nspec: {type: team, children: []}\n")
    (tmp_path / "deployment.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n")
    (tmp_path / "broken.yml").write_text("a: [\n")
    (tmp_path / "notes.md").write_text(component("no"))
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "catalog-info.yaml").write_text(component("no"))
    found = backstage.read_paths([(tmp_path, "shop")])
    assert said(found) == []
    assert {each.file: each.ref.name for each in (*found.components, *found.groups)} == {
        "shop/.backstage/catalog-info.yml": "mail", "shop/cart/catalog-info.yaml": "cart", "shop/org.yaml": "shop",
    }  # fmt: skip
    assert (found.files, found.other_files) == (3, 2)


def test_files_that_cannot_be_read_stop_no_other(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "catalog-info.yaml").write_bytes(b"kind: \xff\n")
    (tmp_path / "b" / "catalog-info.yaml").mkdir()
    (tmp_path / "c" / "catalog-info.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "d" / "catalog-info.yaml").write_text(component("cart"))
    (tmp_path / "d" / "again").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "catalog-info.yaml")
    found = backstage.read_paths([(tmp_path, "x")])
    assert [each.ref.name for each in found.components] == ["cart"]
    assert [(each.file, each.reason) for each in found.problems] == [
        ("x/catalog-info.yaml", "not a file"), ("x/a/catalog-info.yaml", "not UTF-8: byte 0xFF"),
        ("x/c/catalog-info.yaml", "not a file"),
    ]  # fmt: skip
    assert found.unsure == {"x/catalog-info.yaml", "x/a/catalog-info.yaml", "x/c/catalog-info.yaml"}


def test_a_file_larger_than_any_catalogue_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backstage, "FILE_MAX", 1_000)
    file = tmp_path / "catalog-info.yaml"
    file.write_text(component() + "#" * 1_000)
    assert "larger than 1,000 bytes" in said(backstage.read_paths([(file, "x")]))[0]


def test_what_might_be_in_a_broken_part_is_not_known_to_be_gone() -> None:
    assert read(component(), "a: [").unsure == {"catalog-info.yaml"}
    assert read(component(name="'!'")).unsure == {"catalog-info.yaml"}
    refused = read(component(spec="system: [a]"))
    assert (refused.unsure, {str(each) for each in refused.refused}) == (set(), {"component:default/cart"})


WORDS = st.text(st.sampled_from(list("ab:/-_.[]{}&*!|>'\"%#@,? \n\t0\x00é\ud800")), max_size=60)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=4))
def test_no_text_whatsoever_breaks_the_reader(texts: list[str]) -> None:
    found = backstage.read_text("\n---\n".join([component("first"), *texts]), "x")
    assert all(str(each) for each in found.problems)


VALUES: Any = st.recursive(
    st.sampled_from(["", "x", "1", "null", "'a b'", '"\\0"', "2026-01-01", "no"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda some: f"[{', '.join(some)}]")
        | inner.map(lambda value: "{a: " + value + "}")
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["Component", "Group", "System"]),
    st.dictionaries(st.sampled_from(["name", "namespace", "title", "description", "tags", "annotations"]), VALUES),
    st.dictionaries(
        st.sampled_from(["type", "owner", "system", "dependsOn", "profile", "parent", "lifecycle"]), VALUES
    ),
)
def test_values_of_any_kind_in_any_field_are_taken_or_named(kind: str, metadata: Any, spec: Any) -> None:
    fields = [", ".join(f"{name}: {value}" for name, value in some.items()) for some in (metadata, spec)]
    found = read(f"{HEAD}kind: {kind}\nmetadata: {{{fields[0]}}}\nspec: {{{fields[1]}}}\n")
    assert found.entities + bool(found.problems) >= 1
    assert found.entities <= 1
    assert not (found.entities and found.problems)


def test_the_slower_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = one(CART)
    monkeypatch.setattr(backstage_yaml, "_Loader", backstage_yaml.yaml.BaseLoader)
    assert one(CART) == quick
    assert "no valid YAML" in read("a: [1\n").problems[0].reason
    assert "no valid YAML" in read("a: \x01\n").problems[0].reason
