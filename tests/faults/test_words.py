"""No word of a person's in anything but their answers: a day of use and of mishaps, and every file read afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from support.gateway_process import RealGateway

CANARY = "quetzalcoatlus"


def a_day(http: httpx.Client) -> str:
    """Uses every way in and breaks what can be broken, the canary in all of it; returns the id of one entry."""

    def post(path: str, status: int, body: object = None, **more: object) -> httpx.Response:
        answer = http.post(path, json=body, **more) if body is not None else http.post(path, **more)  # type: ignore[arg-type]
        assert answer.status_code == status, (path, answer.text)
        return answer

    entry = {
        "text": f"I cried over a {CANARY} today.", "tags": [CANARY], "suggest": False,
        "state_of_mind": {"valence": -0.5, "labels": ["sad"], "associations": ["family"]},
    }  # fmt: skip
    kept = post("/v1/entries", 201, entry, headers={"Idempotency-Key": CANARY}).json()["id"]
    streamed = post("/v1/entries", 201, entry, headers={"accept": "text/event-stream"})
    assert CANARY in http.get(f"/v1/entries/{kept}").text and "event: done" in streamed.text
    post("/v1/entries", 422, entry | {"text": f"{CANARY} another"}, headers={"Idempotency-Key": CANARY})
    assert http.patch(f"/v1/entries/{kept}", json={"text": f"{CANARY} again", "labels": ["joy"]}).status_code == 200
    assert len(post("/v1/search", 200, {"q": CANARY}).json()["entries"]) == 2
    post("/v1/classify", 200, {"texts": [CANARY]})
    post("/v1/ask", 200, {"messages": [{"role": "user", "content": f"When did I last write of a {CANARY}?"}]})
    post("/v1/chat/completions", 200, {"model": "discovery", "messages": [{"role": "user", "content": CANARY}]})
    assert http.get("/v1/export").status_code == http.get("/v1/insights").status_code == 200
    # Wrong in every way that comes to mind.
    post("/v1/entries", 422, {"text": CANARY * 5000})
    post("/v1/entries", 422, {"text": CANARY, "mood": CANARY})
    post("/v1/entries", 422, {"text": "x", "goal": CANARY})
    post("/v1/entries", 422, {"text": "x", "created_at": CANARY})
    raw = {"content-type": "application/json"}
    post("/v1/entries", 422, content=json.dumps({"text": f"{CANARY} \ud800"}), headers=raw)
    post("/v1/entries", 400, content=f'{{"text": "{CANARY}', headers=raw)
    post("/v1/entries", 413, content=f'{{"text": "{CANARY * 100_000}"}}', headers=raw)
    post("/v1/entries", 415, content=CANARY, headers={"content-type": "text/plain"})
    post("/v1/entries", 403, entry, headers={"origin": f"https://{CANARY}.example"})
    post("/v1/import", 422, content=CANARY.encode(), headers={"content-type": "application/zip"})
    assert http.patch(f"/v1/entries/{kept}", json={"labels": [CANARY]}).status_code == 422
    assert http.request("PATCH", "/v1/me", json={"region": CANARY}).status_code == 422
    # A part breaks as no code should, with the text in its message; the entry is kept, whole turn and stream alike.
    broken = f"The vase will shatter, said the {CANARY}."
    assert post("/v1/entries", 500, {"text": broken, "suggest": False}).json()["status"] == 500
    told = post("/v1/entries", 201, {"text": broken, "suggest": False}, headers={"accept": "text/event-stream"})
    assert '"fatal": true' in told.text and "event: saved" in told.text
    return str(kept)


def hits(folder: Path, *needles: str) -> list[str]:
    """Files that hold one of the words, in UTF-8 or UTF-16, in any of the cases in which it was written."""
    forms = [form.encode(code) for n in needles for form in (n, n.upper()) for code in ("utf-8", "utf-16-le")]
    found = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(found) >= 4  # journal, write-ahead file, key, log
    return [f"{path.name}: {form!r}" for path, data in found.items() for form in forms if form in data]


def test_no_file_holds_a_word_and_after_erasing_not_even_an_id(gateway: RealGateway) -> None:
    with httpx.Client(base_url=gateway.url, timeout=60, trust_env=False) as http:
        kept = a_day(http)
        metrics = http.get("/metrics").text
        assert "discovery_requests_total" in metrics and CANARY not in metrics
        log = gateway.log.read_text()
        # The log is not silent: it says what went wrong, and where.
        assert "unexpected RuntimeError at gateway_process.py:" in log and '"route": "/v1/entries"' in log
        assert hits(gateway.folder, CANARY) == []
        data = gateway.folder / "data"
        assert kept.encode() in b"".join(path.read_bytes() for path in data.iterdir())  # the scan finds what is there
        ids = [entry["id"] for entry in http.get("/v1/entries?limit=200").json()["entries"]]
        assert http.delete("/v1/me").status_code == 204
        left = b"".join(path.read_bytes() for path in data.iterdir())
        assert not [one for one in ids if one.encode() in left] and len(ids) == 4
        assert hits(gateway.folder, CANARY) == []
        assert http.get("/v1/entries").json()["entries"] == []
