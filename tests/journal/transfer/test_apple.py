"""Apple-style export.xml: the four shapes, what disagrees, what is broken, and files of any length."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fakes.drafts import bare, read

from agent.affect import ASSOCIATIONS, STATE, STATE_LABELS
from agent.errors import Invalid
from journal.transfer.apple import condensed
from journal.transfer.names import CLASSES, class_of, valence_of_class

SIZE = 2_000_000_000 if os.environ.get("DISCOVERY_SOAK") else 100_000_000
"""Bytes of the long file; `make soak` reads the longer one."""

ROOT = Path(__file__).parents[3]
DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation)*)>
<!ATTLIST Record type CDATA #REQUIRED>
]>
"""
STAMP = 'startDate="2026-05-04 21:05:00 +0100" endDate="2026-05-04 21:05:00 +0100"'
SHAPES = {
    "A": f'<StateOfMind kind="dailyMood" valence="0.45" labels="calm,grateful" associations="friends" {STAMP}/>',
    "A, children": f'<StateOfMind kind="2" valence="0.45" {STAMP}><Label value="calm"/><Label value="15"/>'
    '<Association value="friends"/></StateOfMind>',
    "B": f'<Record type="HKCategoryTypeIdentifierStateOfMind" value="0.45" {STAMP}>'
    '<MetadataEntry key="HKStateOfMindLabels" value="calm | grateful"/>'
    '<MetadataEntry key="HKStateOfMindKind" value="daily_mood"/>'
    '<MetadataEntry key="HKStateOfMindAssociations" value="friends"/></Record>',
    "C": f'<Record type="HKStateOfMindSample" {STAMP}><MetadataEntry key="HKStateOfMindKind" value="Daily Mood"/>'
    '<MetadataEntry key="HKStateOfMindValence" value="0.45"/>'
    '<MetadataEntry key="HKStateOfMindLabel0" value="Calm"/><MetadataEntry key="HKStateOfMindLabel1" value="Grateful"/>'
    '<MetadataEntry key="HKStateOfMindAssociation0" value="7"/></Record>',
    "D": f'<Record type="HKDataTypeStateOfMind" kind="daily" valence="0.45" labels="7;15" {STAMP}>'
    '<MetadataEntry key="HKStateOfMindAssociations" value="Friends"/></Record>',
}


def export(*elements: str, before: str = DTD) -> bytes:
    steps = '<Record type="HKQuantityTypeIdentifierStepCount" value="7" startDate="2026-05-04 21:05:00 +0100"/>'
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<HealthData locale="en_IE">\n{steps}\n'
            + "\n".join(elements) + "\n</HealthData>").encode()  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_each_of_the_four_shapes_is_read(shape: str) -> None:
    [draft], notes = read("apple", export(SHAPES[shape]))
    assert notes == []
    assert draft.created_at.isoformat() == "2026-05-04T21:05:00+01:00"
    mind = draft.state_of_mind
    assert mind and (mind.kind, mind.valence) == ("daily_mood", 0.45)
    assert (mind.labels, mind.associations) == (("calm", "grateful"), ("friends",))


def test_a_class_stands_in_only_where_no_valence_is() -> None:
    record = '<Record type="HKCategoryTypeIdentifierStateOfMind" value="HKCategoryValueStateOfMindValence{}" {}/>'
    [draft], _ = read("apple", export(record.format("SlightlyPleasant", STAMP)))
    assert draft.state_of_mind and draft.state_of_mind.valence == pytest.approx(2 / 7, abs=1e-3)
    both = f'<StateOfMind valence="-0.3" valenceClassification="slightlyPleasant" {STAMP}/>'
    [draft], [note] = read("apple", export(both))
    assert draft.state_of_mind and draft.state_of_mind.valence == -0.3
    assert "agrees with the valence -0.30, which counts" in str(note) and not note.left_out


def test_labels_that_say_the_opposite_are_kept_and_told() -> None:
    [draft], [note] = read("apple", export(f'<StateOfMind valence="0.8" labels="sad,lonely" {STAMP}/>'))
    assert draft.state_of_mind and draft.state_of_mind.labels == ("sad", "lonely")
    assert "labels that agree with the valence +0.80" in str(note)
    _, notes = read("apple", export(f'<StateOfMind valence="0.8" labels="sad,happy" {STAMP}/>'))
    assert notes == [], "a mixed moment is no contradiction"


def test_classes_have_their_middles_and_borders_lean_to_neutral() -> None:
    assert [class_of(valence_of_class(name) or 0.0) for name in CLASSES] == list(CLASSES)
    assert [class_of(s * b / 7) for b in (1, 3, 5) for s in (-1, 1)] == [
        "neutral", "neutral", "slightly_unpleasant", "slightly_pleasant", "unpleasant", "pleasant",
    ]  # fmt: skip
    assert class_of(-1 + 3 * (2 / 7)) == "neutral", "a float that misses the border counts as on it"
    assert (class_of(-1.0), class_of(1.0), class_of(0.0)) == ("very_unpleasant", "very_pleasant", "neutral")


def test_apples_numbers_and_our_tables_are_the_same_lists() -> None:
    assert (STATE_LABELS[0], STATE_LABELS[31], STATE_LABELS[37]) == ("amazed", "annoyed", "satisfied")
    assert (ASSOCIATIONS[16], ASSOCIATIONS[17]) == ("work", "weather")
    assert set(STATE) == set(STATE_LABELS) and len(STATE_LABELS) == 38 and len(ASSOCIATIONS) == 18


@pytest.mark.parametrize(
    ("element", "complaint"),
    [
        ('<StateOfMind valence="2" startDate="2026-05-04 21:05:00 +0100"/>', "found 2.0, expected a valence from -1"),
        ('<StateOfMind startDate="2026-05-04 21:05:00 +0100"/>', "found None, expected a valence"),
        ('<StateOfMind valence="0.1" startDate="yesterday"/>', "found 'yesterday', expected a date and time"),
        ('<StateOfMind valence="0.1"/>', "found 'no startDate'"),
    ],
)
def test_a_broken_element_is_left_out_in_one_line(element: str, complaint: str) -> None:
    drafts, [note] = read("apple", export(element, SHAPES["A"]))
    assert len(drafts) == 1 and note.left_out
    assert str(note).startswith("line ") and complaint in str(note)


def test_what_nobody_knows_is_told_and_the_rest_taken() -> None:
    element = f'<StateOfMind valence="0.1" labels="calm,zen" associations="pets" kind="hourly" {STAMP}/>'
    [draft], notes = read("apple", export(element))
    assert draft.state_of_mind and draft.state_of_mind.labels == ("calm",)
    assert [n.found for n in notes] == ["'hourly'", "'zen'", "'pets'"]


def test_a_repeated_attribute_ends_the_file_and_what_stood_before_is_kept() -> None:
    broken = '<StateOfMind valence="0.1" startDate="2026-05-04 21:05:00 +0100" startDate="2026-05-04 21:05:00 +0100"/>'
    drafts, [note] = read("apple", export(SHAPES["A"], broken, SHAPES["B"]))
    assert len(drafts) == 1
    assert "duplicate attribute" in str(note) and note.where == "line 10"


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE HealthData [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
    with pytest.raises(Invalid, match="declares entities"):
        read("apple", export('<StateOfMind valence="&b;"/>', before=bomb))
    outside = '<!DOCTYPE HealthData [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
    with pytest.raises(Invalid, match="declares entities"):
        read("apple", export(f'<StateOfMind sourceName="&x;" {STAMP}/>', before=outside))


def test_another_xml_is_not_taken_for_an_export() -> None:
    with pytest.raises(Invalid, match="root <ClinicalDocument>"):
        read("apple", b"<ClinicalDocument/>")


def test_the_zip_that_a_phone_makes_is_read_and_the_named_zone_is_kept() -> None:
    element = (
        f'<StateOfMind valence="0.1" {STAMP}><MetadataEntry key="HKTimeZone" value="Europe/Dublin"/></StateOfMind>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        archive.writestr("apple_health_export/export.xml", export(element))
    [draft], _ = read("apple", packed.getvalue())
    assert draft.zone == "Europe/Dublin" and draft.created_at.hour == 21


def test_the_condensed_file_says_what_the_large_one_says() -> None:
    whole = export(
        *SHAPES.values(),
        '<StateOfMind valence="7" startDate="x"/>',
        f'<StateOfMind valence=".2" labels="zen" {STAMP}/>',
    )
    small = b"".join(condensed(io.BytesIO(whole)))
    assert b"StepCount" not in small
    drafts, notes = read("apple", whole)
    again, said = read("apple", small)
    assert [bare(d) for d in again] == [bare(d) for d in drafts]
    assert [n.where for n in said] == [n.where for n in notes] and len(notes) == 2
    broken = export("<StateOfMind", SHAPES["A"])
    cut = b"".join(condensed(io.BytesIO(broken)))
    assert len(read("apple", broken)[1]) == len(read("apple", cut)[1]) == 1


READ = """
import io, resource, sys
from journal.transfer import apple
from journal.transfer.draft import How

class Long(io.RawIOBase):
    '''An export of about `size` bytes that is nowhere whole: a State of Mind after every 4 MB of other records.'''
    def __init__(self, size):
        row = b'<Record type="HKQuantityTypeIdentifierHeartRate" startDate="2026-05-04 21:05:00 +0100" value="61"/>\\n'
        mind = b'<StateOfMind kind="dailyMood" valence="0.45" labels="calm" startDate="2026-05-04 21:05:00 +0100"/>\\n'
        self.block, self.left, self.first = row * (4_000_000 // len(row)) + mind, size // 4_000_000, True
    def read(self, size=-1):
        if self.first:
            self.first = False
            return b'<?xml version="1.0"?><HealthData>'
        if not self.left:
            self.left = -1
            return b'</HealthData>'
        if self.left < 0:
            return b''
        self.left -= 1
        return self.block

size = int(sys.argv[1])
next(apple.read(Long(8_000_000), How()))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in apple.read(Long(size), How()))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def grown(size: int) -> tuple[int, int]:
    """Entries read of a file of `size` bytes, and by how many kB the process grew meanwhile."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", READ, str(size)], env=environment, capture_output=True, text=True, check=True
    )
    count, grew = map(int, done.stdout.split())
    return count, grew


@pytest.mark.timeout(900)
def test_a_file_of_any_length_is_read_in_flat_memory() -> None:
    count, grew = grown(SIZE)
    assert count == SIZE // 4_000_000
    assert grew < 16_000, f"{grew} kB for {SIZE // 10**6} MB"
