"""Bodies from a hostile or broken client, over a real socket, and every letter there is."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from support.gateway_process import RealGateway

from agent.domain import MAX_TEXT

SECONDS = 1.0
"""An answer must be there within this; a busy machine of tests gets three times as long."""


def post(gateway: RealGateway, body: bytes | Iterator[bytes], length: int | None = None) -> tuple[int, bytes, float]:
    """Status, body and seconds of one entry sent as it is; the answer may come before all of it was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    connection.putrequest("POST", "/v1/entries")
    connection.putheader("Content-Type", "application/json")
    size = length if length is not None else len(body) if isinstance(body, bytes) else None
    connection.putheader(*(("Content-Length", str(size)) if size is not None else ("Transfer-Encoding", "chunked")))
    began = time.monotonic()
    connection.endheaders()
    try:
        if isinstance(body, bytes):
            connection.send(body)
        else:
            for piece in body:
                connection.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            connection.send(b"0\r\n\r\n")
    except OSError:
        pass  # it has heard enough
    answer = connection.getresponse()
    found = answer.status, answer.read(), time.monotonic() - began
    connection.close()
    return found


def as_text(text: str) -> bytes:
    return json.dumps({"text": text, "suggest": False}).encode()


@pytest.mark.parametrize(
    ("body", "length", "status"),
    [
        (b"{", 100_000_000, 413),
        (as_text("\u0301" * 1_000_000), None, 413),
        (as_text("e" + "\u0301" * (MAX_TEXT - 1)), None, 201),
        (b'{"text":' + b"[" * 10_000 + b"]" * 10_000 + b"}", None, 400),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, None, 400),
        (as_text("\x00 nul"), None, 201),
        (b'{"text": "\\ud800"}', None, 422),
        (as_text("\u202eright to left\u202c"), None, 201),
        (b"", 0, 400),
        (as_text(""), None, 422),
        (b'{"text": "\xff\xfe"}', None, 400),
        (b"\x00" * 1000, None, 400),
        (b'{"text": 1e999}', None, 422),
        (b'{"text": "a", "text": "twice", "suggest": false}', None, 201),
    ],
)  # fmt: skip
def test_every_body_is_answered_in_time(lasting: RealGateway, body: bytes, length: int | None, status: int) -> None:
    before = len(lasting.texts())
    found, answer, seconds = post(lasting, body, length)
    assert found == status, answer[:500]
    assert seconds < 3 * SECONDS
    if status != 201:
        assert json.loads(answer)["status"] == status
    assert len(lasting.texts()) == before + (status == 201)
    assert "Traceback" not in lasting.log.read_text()


def test_a_body_that_never_ends_is_counted_and_cut_off(lasting: RealGateway) -> None:
    before = len(lasting.texts())
    status, answer, _ = post(lasting, (b" " * 100_000 for _ in range(1000)))
    assert status == 413 and json.loads(answer)["field"] == "body"
    assert len(lasting.texts()) == before


def every_letter() -> Iterator[str]:
    """All 1,112,064 valid code points in texts that are as long as allowed, each between two marks."""
    points = [*range(0xD800), *range(0xE000, 0x110000)]
    for start in range(0, len(points), MAX_TEXT - 2):
        yield "<" + "".join(map(chr, points[start : start + MAX_TEXT - 2])) + ">"


@pytest.mark.timeout(300)
def test_every_valid_character_comes_back_byte_for_byte(gateway: RealGateway) -> None:
    with httpx.Client(base_url=gateway.url, timeout=60, trust_env=False) as client:
        client.patch("/v1/me", json={"read_emotions": False})
        sent = list(every_letter())
        for text in sent:
            # As UTF-8, not in escapes: so that both ways of writing a letter are tried, here and above.
            body = json.dumps({"text": text, "suggest": False}, ensure_ascii=False).encode()
            answer = client.post("/v1/entries", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 201 and answer.json()["text"] == text
    assert [text.encode() for text in gateway.texts()] == [text.encode() for text in sent]
