"""The graph: the only place where deployments are wired together. `build(args)` makes one of the two applications.

One application has one fate, so the language model, which takes a minute and may fail, is an application of its own;
the gateway fetches it by name when it first needs it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from fastapi import FastAPI
from ray import serve
from ray.serve import Application

from agent.access import Accounts
from agent.config import DiscoveryArgs, EndpointConfig, LlmArgs, parse, resolve
from agent.conversation import Conversation
from agent.pipeline import Agent
from agent.ports import Classifier, Embedder, Journal, LanguageModel, Recommender
from serving.access import Access
from serving.classifier import ClassifierServer, LocalClassifier
from serving.crisis_head import open_head
from serving.gateway import create_app
from serving.handles import Patient, Remote
from serving.journal import JournalServer
from serving.llm import EndpointLanguageModel, NoLanguageModel, ServedLanguageModel, llm_application
from serving.metrics import SENTENCES, TOKEN_SECONDS
from serving.oidc import OidcProvider
from serving.readiness import Readiness
from serving.recommender import RecommenderServer
from serving.routing import EncodedRouter
from serving.tool_model import caller, elsewhere
from serving.watched import WatchedClassifier

LIMITS: dict[str, dict[str, Any]] = {
    # Requests beyond max_ongoing wait, those beyond max_queued are refused at once: a full house says so.
    "gateway": {"max_ongoing_requests": 64, "max_queued_requests": 128, "graceful_shutdown_timeout_s": 20},
    "classifier": {"max_ongoing_requests": 64, "max_queued_requests": 256, "graceful_shutdown_timeout_s": 10},
    "recommender": {"max_ongoing_requests": 32, "max_queued_requests": 128, "graceful_shutdown_timeout_s": 10},
    "journal": {"max_ongoing_requests": 32, "max_queued_requests": 256, "graceful_shutdown_timeout_s": 20},
}
HEALTH = {"health_check_period_s": 5, "health_check_timeout_s": 20}
CPUS = {"gateway": 0.5, "classifier": 1.0, "recommender": 0.5, "journal": 0.5}
"""Shares of Ray's logical CPUs; they decide where replicas fit, not how fast they run."""

_DEADLINES = {"classifier": 20.0, "recommender": 10.0, "journal": 30.0}
"""Seconds after which a part counts as not answering."""


class Gateway:
    """The ingress: HTTP in, handles out."""

    def __init__(self, args: DiscoveryArgs, recommender: Any, journal: Any, classifier: Any = None) -> None:
        self._agent = Agent(
            classifier=_classifier(args, classifier),
            llm=Patient(
                language_model(args),
                first=args.first_token_s,
                whole=args.explanation_s,
                pace=TOKEN_SECONDS.observe,
            ),
            recommender=cast(Recommender, Remote(recommender, "recommender", _DEADLINES["recommender"])),
            journal=cast(Journal, Remote(journal, "journal", _DEADLINES["journal"], dispatch="call")),
            prompt=args.prompt,
            constrained=args.constrained,
            count=lambda name: SENTENCES.labels(name).inc(),
        )
        self._talk = Conversation(
            self._agent, EncodedRouter(cast(Embedder, self._agent.recommender)), caller(args), elsewhere(args)
        )
        self._has_llm = args.llm != "none"
        self._head = open_head(resolve(args.crisis_head))
        self._args = args

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Called by Serve in the replica: the app is built there and never pickled."""
        return create_app(
            self._agent,
            Readiness(self._probes()),
            self._args.hosts,
            _access(self._args, self._agent),
            talk=self._talk,
            head=self._head,
        )

    def _probes(self) -> dict[str, Any]:
        agent = self._agent
        probes: dict[str, Any] = {
            "journal": lambda: agent.journal.settings("readiness"),
            "classifier": lambda: agent.classifier.probabilities(["well"]),
            "recommender": lambda: agent.recommender.items([]),
        }
        return probes | ({"llm": lambda: one_word(agent.llm)} if self._has_llm else {})


def _access(args: DiscoveryArgs, agent: Agent) -> Access:
    if not args.multi_user:
        return Access()
    accounts = cast(Accounts, agent.journal)  # the journal's deployment keeps them as well
    return Access(accounts, OidcProvider(args.oidc, accounts) if args.oidc else None)


def _classifier(args: DiscoveryArgs, handle: Any) -> Classifier:
    if handle is None:
        return WatchedClassifier(LocalClassifier(args.classifier))
    return WatchedClassifier(cast(Classifier, Remote(handle, "classifier", _DEADLINES["classifier"])))


def language_model(args: DiscoveryArgs) -> LanguageModel:
    """The language model of a configuration."""
    if isinstance(args.llm, EndpointConfig):
        return EndpointLanguageModel(args.llm, constrained=args.constrained)
    return ServedLanguageModel() if args.llm == "application" else NoLanguageModel()


async def one_word(llm: LanguageModel) -> None:
    """Readiness of a language model is a real token, generated."""
    pieces: AsyncIterator[str] = llm.stream([{"role": "user", "content": "Say yes."}], max_tokens=1)
    async for _ in pieces:
        pass


def _options(name: str, replicas: int = 1) -> dict[str, Any]:
    return {
        "name": name,
        "num_replicas": replicas,
        "ray_actor_options": {"num_cpus": CPUS[name]},
        **LIMITS[name],
        **HEALTH,
    }


def _discovery(args: DiscoveryArgs) -> Application:
    journal_options = _options("journal", args.journal.replicas)
    if args.journal.is_sqlite:
        # Only the head node has this resource, and with it the disk that holds the file.
        journal_options["ray_actor_options"]["resources"] = {"node:__internal_head__": 0.001}
    recommender = serve.deployment(RecommenderServer, **_options("recommender", args.recommender.replicas))
    journal = serve.deployment(JournalServer, **journal_options)
    gateway = serve.deployment(serve.ingress()(Gateway), **_options("gateway", args.gateways))
    suggesting = recommender.bind(args.recommender)
    parts = [suggesting, journal.bind(args.journal, suggesting)]
    if args.classifier.place == "own":
        classifier = serve.deployment(ClassifierServer, **_options("classifier", args.classifier.replicas))
        parts.append(classifier.bind(args.classifier))
    return gateway.bind(args, *parts)


def build(args: dict[str, Any]) -> Application:
    """One application of the graph, by `args["application"]`: see `agent.config`. Raises `ConfigError`."""
    parsed = parse(args)
    return llm_application(parsed) if isinstance(parsed, LlmArgs) else _discovery(parsed)
