"""The typed arguments of the two applications: the `args` of a Serve config file. Unknown keys are refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from agent.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]


class Config(BaseModel):
    """A frozen piece of configuration that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class JournalConfig(Config):
    """Where entries are kept. Without `url` and `url_env`: SQLite in the data folder of the person who runs this."""

    url: str | None = None
    url_env: str | None = None
    key_file: Path | None = None
    replicas: int = Field(1, ge=1)

    def resolved_url(self) -> str | None:
        """The database URL, from the environment variable `url_env` where one is named. Raises `ConfigError`."""
        if not self.url_env:
            return self.url
        if not (url := os.environ.get(self.url_env)):
            # Going on without it would open an empty journal somewhere else.
            raise ConfigError(f"journal.url_env: the environment variable {self.url_env} is empty or not set")
        return url

    @property
    def is_sqlite(self) -> bool:
        """SQLite has one writer: exactly one replica, on the head node."""
        return not self.url_env and (self.url is None or self.url.startswith("sqlite"))


class ClassifierConfig(Config):
    """The emotion model and its batching; `threads` are onnxruntime's, `wait_ms` is how long a batch may fill.

    `place` is `own` for a deployment of its own, which batches and scales, or `gateway` for the gateway's process,
    which saves a hop and a process where there is one machine and one person.
    """

    place: Literal["own", "gateway"] = "own"
    folder: Path = Path("models/emotion")
    threads: int = Field(2, ge=1)
    replicas: int = Field(1, ge=1)
    max_batch: int = Field(16, ge=1)
    wait_ms: float = Field(1.0, ge=0)


class RecommenderConfig(Config):
    """The catalogue: a JSONL file, or a folder of them."""

    catalogue: Path = Path("retrieval/data/catalog.jsonl")
    threads: int = Field(1, ge=1)
    replicas: int = Field(1, ge=1)


class EndpointConfig(Config):
    """Any OpenAI-compatible server as the language model; `key_env` names the variable that holds its key, `tools`
    says that the model there can call tools."""

    url: str
    model: str
    key_env: str | None = None
    tools: bool = False


class OidcConfig(Config):
    """An OpenID Connect provider whose tokens are taken as credentials. `audience` is what they must be made for;
    with `create` somebody who comes for the first time gets an account, without it nobody does."""

    issuer: str = Field(pattern=r"^https://[^\s]+$|^http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?$")
    audience: str = Field(min_length=1)
    create: bool = False


class DiscoveryArgs(Config):
    """The application `discovery`: gateway, classifier, recommender, journal. `llm` says who words explanations;
    `multi_user` asks everybody for a credential; `hosts` are names beside loopback under which it may be reached."""

    application: Literal["discovery"]
    nodes: int = Field(1, ge=1)
    gateways: int = Field(1, ge=1)
    journal: JournalConfig = JournalConfig()
    classifier: ClassifierConfig = ClassifierConfig()
    recommender: RecommenderConfig = RecommenderConfig()
    crisis_head: Path = Path("models/crisis")
    llm: Literal["application", "none"] | EndpointConfig = "application"
    multi_user: bool = False
    hosts: list[str] = []
    oidc: OidcConfig | None = None
    prompt: str = "v3"
    constrained: bool = True
    first_token_s: float = Field(8.0, gt=0)
    explanation_s: float = Field(20.0, gt=0)

    @model_validator(mode="after")
    def _one_writer(self) -> DiscoveryArgs:
        if self.journal.is_sqlite and (self.nodes > 1 or self.journal.replicas > 1):
            raise ValueError(
                f"journal: SQLite holds on one node with one replica, found {self.nodes} node(s) and "
                f"{self.journal.replicas} replica(s); set journal.url to a Postgres database"
            )
        if self.oidc and not self.multi_user:
            raise ValueError("oidc: a provider needs accounts; set multi_user: true")
        if self.nodes > 1 and self.journal.key_file is None:
            raise ValueError("journal.key_file: several nodes need one master key, on a path that all of them share")
        return self


class LlmArgs(Config):
    """The application `llm`. `model` null is the default model that comes with Discovery, or any Hugging Face id or
    folder; `engine` goes to vLLM as it is; `cpus` is what Ray sets aside for one replica,
    `threads` are the cores that vLLM binds to."""

    application: Literal["llm"]
    model: str | None = None
    engine: dict[str, Any] = Field(default_factory=dict)
    cpus: float = Field(1.0, ge=0)
    threads: str = "0-1"
    kv_cache_gb: int = Field(1, ge=1)
    accelerator: str | None = None
    replicas: int = Field(1, ge=1)
    max_ongoing: int = Field(8, ge=1)


Args = Annotated[DiscoveryArgs | LlmArgs, Field(discriminator="application")]


def parse(args: dict[str, Any]) -> DiscoveryArgs | LlmArgs:
    """Checks the `args` of one application. Raises `ConfigError` naming every wrong key, what was found and allowed."""
    try:
        adapter: TypeAdapter[DiscoveryArgs | LlmArgs] = TypeAdapter(Args)
        return adapter.validate_python(args)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'args'}: {e['msg']}, found {e['input']!r}" for e in error.errors()
        )
        raise ConfigError(f"configuration: {wrong}") from error


def resolve(path: Path) -> Path:
    """A path of the configuration; relative ones start at the root of the project."""
    return path if path.is_absolute() else ROOT / path
