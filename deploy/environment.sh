# What every Ray process of a cluster is started with: `. deploy/environment.sh && .venv/bin/ray start ...`. Where a
# secret is missing it says so and fails: a cluster must never come up without its token or its database.

# Ray refuses whoever does not show the token of this file: its dashboard, job API and client would run any code.
export RAY_AUTH_MODE=token
export RAY_AUTH_TOKEN_PATH="${RAY_AUTH_TOKEN_PATH:-$HOME/discovery-secrets/auth_token}"
if [ ! -s "$RAY_AUTH_TOKEN_PATH" ]; then
    echo "$RAY_AUTH_TOKEN_PATH is missing or empty; make it with: ray get-auth-token --generate > $RAY_AUTH_TOKEN_PATH" >&2
    return 1
fi

# DISCOVERY_JOURNAL_URL=postgresql://..., in a file that only its owner can read.
if [ -r "$HOME/discovery-secrets/journal.env" ]; then . "$HOME/discovery-secrets/journal.env"; fi
if [ -z "${DISCOVERY_JOURNAL_URL:-}" ]; then
    echo "DISCOVERY_JOURNAL_URL is not set; put DISCOVERY_JOURNAL_URL=postgresql://... into $HOME/discovery-secrets/journal.env" >&2
    return 1
fi
export DISCOVERY_JOURNAL_URL

# As on a laptop (serving/launcher.py), but for what keeps a laptop to itself: nodes talk to each other over their
# network, and the language model comes from the Hugging Face hub.
export RAY_USAGE_STATS_ENABLED=0
export RAY_SERVE_THROUGHPUT_OPTIMIZED=1
export RAY_DEDUP_LOGS=0
export HF_HUB_DISABLE_TELEMETRY=1
export DO_NOT_TRACK=1
export VLLM_NO_USAGE_STATS=1
export TOKENIZERS_PARALLELISM=false
export LANGCHAIN_TRACING_V2=false
export LANGGRAPH_STRICT_MSGPACK=true
