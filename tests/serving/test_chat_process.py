"""How the chat process is started: its secret, its environment, its command."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from serving.chat_process import CHAT, SECRET_BYTES, chat_command, chat_environment, chat_secret


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    made = chat_secret(tmp_path / "data")
    assert len(bytes.fromhex(made)) == SECRET_BYTES >= 32
    assert chat_secret(tmp_path / "data") == made
    assert chat_secret(tmp_path / "other") != made
    assert stat.S_IMODE((tmp_path / "data" / "chat.secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["chat.secret"]


@pytest.mark.parametrize("left", ["", "short", "\n"])
def test_a_secret_that_was_cut_short_is_made_anew(tmp_path: Path, left: str) -> None:
    (tmp_path / "chat.secret").write_text(left)
    assert len(chat_secret(tmp_path)) == 2 * SECRET_BYTES


def test_nothing_in_the_environment_can_make_chainlit_keep_texts_or_talk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "LITERAL_API_KEY", "SLACK_BOT_TOKEN", "DISCORD_BOT_TOKEN", "CHAINLIT_CUSTOM_AUTH"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    found = chat_environment(tmp_path / "root", tmp_path, api="http://127.0.0.1:9")
    assert not {
        "DATABASE_URL",
        "LITERAL_API_KEY",
        "SLACK_BOT_TOKEN",
        "DISCORD_BOT_TOKEN",
        "CHAINLIT_CUSTOM_AUTH",
    } & set(found)
    assert found["CHAINLIT_APP_ROOT"] == str(tmp_path / "root")
    assert found["DISCOVERY_API"] == "http://127.0.0.1:9"
    assert found["LANG"] == "nl_NL.UTF-8"


def test_the_command_listens_on_loopback_unless_told_otherwise() -> None:
    command = chat_command(port=9999)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "9999"
    assert str(CHAT) in command and CHAT.is_file()
    assert "--headless" in command
