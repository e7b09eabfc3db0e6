"""An HL7 FHIR R4 bundle of observations, after the State of Mind profile of the PHR guide (1.0.0-ballot2, a trial).

Codes equal Apple's names; displays are left out, because the guide's own do not agree with its codes. The profile has
no place for text, so none goes out. `faults` checks what the profile requires; no other validator has seen the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from agent.affect import ASSOCIATIONS, STATE_LABELS
from agent.errors import Invalid
from journal.transfer.draft import Draft, Found, How, Note, left_out, not_this
from journal.transfer.moments import EXPECTED, moment
from journal.transfer.names import CLASSES, camel, class_of, state
from journal.transfer.streamed import objects

NAME = "a FHIR R4 bundle of State of Mind"
BASE = "http://hl7.org/fhir/uv/phr"
PROFILE = f"{BASE}/StructureDefinition/pghd-observation-state-of-mind"
CODES = f"{BASE}/CodeSystem/state-of-mind-codes"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
SYSTEMS: dict[str, tuple[str, frozenset[str]]] = {
    "kind": (f"{BASE}/CodeSystem/state-of-mind-kind-codes", frozenset({"momentaryEmotion", "dailyMood"})),
    "valenceClassification": (f"{BASE}/CodeSystem/state-of-mind-valence-codes", frozenset(map(camel, CLASSES))),
    "labels": (f"{BASE}/CodeSystem/state-of-mind-label-codes", frozenset(map(camel, STATE_LABELS))),
    "associations": (f"{BASE}/CodeSystem/state-of-mind-association-codes", frozenset(map(camel, ASSOCIATIONS))),
}
"""The code system of each component's value, and the codes it has."""

Json = dict[str, Any]


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """A collection; entries without a state of mind of the person's own have no place in it."""
    yield b'{"resourceType":"Bundle","type":"collection","entry":[\n'
    yield json.dumps({"fullUrl": "urn:discovery:patient", "resource": {"resourceType": "Patient", "id": "me"}}).encode()
    for draft in drafts:
        if draft.state_of_mind:
            yield b",\n" + json.dumps({"resource": _observation(draft)}).encode()
    yield b"\n]}\n"


def _observation(draft: Draft) -> Json:
    mind = draft.state_of_mind
    assert mind is not None
    coded = {
        "kind": [camel(mind.kind)], "valenceClassification": [camel(class_of(mind.valence))],
        "labels": list(map(camel, mind.labels)), "associations": list(map(camel, mind.associations)),
    }  # fmt: skip
    components = [_component(name, codes) for name, codes in coded.items()]
    components.insert(1, {"code": _coding(CODES, "valence"), "valueQuantity": {"value": mind.valence}})
    identified = {"identifier": [{"system": "urn:discovery:entry", "value": draft.id}]} if draft.id else {}
    return {
        "resourceType": "Observation", "meta": {"profile": [PROFILE]}, **identified, "status": "final",
        "category": [_coding("http://terminology.hl7.org/CodeSystem/observation-category", "survey")],
        "code": _coding(f"{BASE}/CodeSystem/observation-pghd-codes", "stateOfMind"),
        "subject": {"reference": "Patient/me"}, "effectiveDateTime": draft.created_at.isoformat(),
        "component": components,
    }  # fmt: skip


def _component(name: str, codes: list[str]) -> Json:
    component: Json = {"code": _coding(CODES, name)}
    if codes:
        return component | {"valueCodeableConcept": _coding(SYSTEMS[name][0], *codes)}
    # Nobody refused to answer: there was simply nothing named.
    return component | {"dataAbsentReason": _coding(ABSENT, "not-asked")}


def _coding(system: str, *codes: str) -> Json:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def faults(observation: Mapping[str, Any]) -> Iterator[str]:
    """What the profile requires and an observation has not, one line each."""
    if PROFILE not in observation.get("meta", {}).get("profile", ()):
        yield f"meta.profile: expected {PROFILE}"
    if observation.get("status") not in ("final", "amended", "corrected", "preliminary"):
        yield f"status: found {observation.get('status')!r}, expected final"
    for name in ("category", "code", "subject"):
        if not observation.get(name):
            yield f"{name}: missing"
    if ("effectiveDateTime" in observation) == ("effectivePeriod" in observation):
        yield "effective: expected one of effectiveDateTime and effectivePeriod"
    stamp = moment(observation.get("effectiveDateTime", ""))
    if stamp is None or stamp[1]:
        yield f"effectiveDateTime: found {observation.get('effectiveDateTime')!r}, expected a time with its offset"
    found = _components(observation)
    for name in ("kind", "valence", *list(SYSTEMS)[1:]):
        yield from _component_faults(name, found.get(name, []))


def _component_faults(name: str, found: list[Json]) -> Iterator[str]:
    if len(found) != 1:
        yield f"component {name}: found {len(found)}, expected 1"
        return
    component = found[0]
    if name == "valence":
        value = component.get("valueQuantity", {}).get("value")
        if not isinstance(value, int | float) or isinstance(value, bool) or not -1 <= value <= 1:
            yield f"component valence: found {value!r}, expected a number from -1 to 1"
        return
    system, allowed = SYSTEMS[name]
    codings = component.get("valueCodeableConcept", {}).get("coding", [])
    if not codings and (name not in ("labels", "associations") or not component.get("dataAbsentReason")):
        yield f"component {name}: neither a value nor the reason why there is none"
    if name in ("kind", "valenceClassification") and len(codings) > 1:
        yield f"component {name}: found {len(codings)} codes, expected 1"
    for coding in codings:
        if coding.get("system") != system or coding.get("code") not in allowed:
            yield f"component {name}: found {coding.get('code')!r}, expected a code of {system}"


def _components(observation: Mapping[str, Any]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for component in observation.get("component") or ():
        for coding in (component.get("code") or {}).get("coding") or ():
            found.setdefault(str(coding.get("code")), []).append(component)
    return found


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the observations that keep to the profile; another is left out with its first fault."""
    number = 0
    for found in objects(source, {"entry.item"}, NAME):
        if isinstance(found, Note):
            yield found
            continue
        resource = found[1].get("resource")
        if not isinstance(resource, dict) or resource.get("resourceType") != "Observation":
            continue
        number += 1
        yield from _draft(resource, f"observation {number}", how)


def _draft(observation: Json, where: str, how: How) -> Iterator[Found]:
    try:
        fault = next(faults(observation), None)
        known = moment(observation.get("effectiveDateTime"), how.zone)
        parts = {name: found[0] for name, found in _components(observation).items()}
        codes = {
            name: [c["code"] for c in parts[name].get("valueCodeableConcept", {}).get("coding", [])] for name in SYSTEMS
        }
        valence = parts["valence"]["valueQuantity"]["value"]
    except (AttributeError, KeyError, TypeError):
        fault, known = "a structure that is no observation of this profile", None
    if fault or known is None:
        yield left_out(where, fault or EXPECTED, "what the profile requires")
        return
    mind, notes = state(
        where, valence=valence, kind=codes["kind"][0], labels=codes["labels"], associations=codes["associations"]
    )
    yield from notes
    given = observation.get("identifier") or [{}]
    yield Draft(
        where=where, created_at=known[0], assumed=known[1], state_of_mind=mind, id=given[0].get("value") or None
    )


def checked(bundle: bytes) -> bytes:
    """The same bundle. Raises `Invalid` for one that lacks what the profile requires: nothing wrong leaves here."""
    raw = json.loads(bundle)
    if raw.get("resourceType") != "Bundle":
        raise not_this(NAME, f"resourceType {raw.get('resourceType')!r}", "Bundle")
    for number, entry in enumerate(raw["entry"]):
        if entry["resource"]["resourceType"] == "Observation" and (fault := next(faults(entry["resource"]), None)):
            raise Invalid("fhir", f"entry {number}: {fault}")
    return bundle
