# Discovery: everything a person or an engineer needs is one word here. `make help` lists the words.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# macOS has a lock of its own, without vLLM; it has never run on one.
LOCK := $(if $(filter Darwin,$(shell uname)),requirements-macos.txt,requirements.txt)
TORCH := $(shell grep ^torch== $(LOCK))
TORCH_INDEX := https://download.pytorch.org/whl/cpu
OVERRIDES := requirements-overrides.txt

.PHONY: help setup run test test-unit soak system lint format lock ingest data-test train tune reproduce export mlflow promote eval eval-safety bench docs docs-serve audit clean-setup

help:  ## list these words
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.ready  ## install everything into .venv, once

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or run make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed, found $$($(PYTHON) --version). Run make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "[1/4] virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# torch has a step of its own: PyTorch's CPU index is asked about this one package only, and only where it is needed.
$(VENV)/.torch: $(VENV)/.python
	@echo "[2/4] $(TORCH)"
	@$(PIP) install -q --no-deps "$(TORCH)" 2>/dev/null || $(PIP) install --no-deps --index-url $(TORCH_INDEX) "$(TORCH)"
	@touch $@

$(VENV)/.packages: $(VENV)/.torch $(LOCK)
	@echo "[3/4] $$(grep -c == $(LOCK)) locked packages; about 5 minutes the first time, 5.6 GB"
	@$(PIP) install --no-deps --progress-bar off -r $(LOCK) 2>&1 | awk '/^(Collecting|Requirement already)/ {n++; if (n % 25 == 0) {print "      " n " packages"; fflush()}} /^ERROR/ {print; e=1} END {exit e}'
	@$(BIN)/python -c "import torch, ray, onnxruntime" 2>/dev/null || $(PIP) install --no-deps -r $(LOCK)
	@touch $@

$(VENV)/.ready: $(VENV)/.packages pyproject.toml
	@echo "[4/4] discovery itself"
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

run: setup  ## start the whole product and print where it is
	@$(BIN)/discovery run

# Three runs, so that the real product (Ray, vLLM) is never up beside the other tests.
test: setup system  ## every test: units and contracts first, then the real product and a real browser
	@$(BIN)/python -m pytest -m "not e2e"
	@$(BIN)/python -m pytest -m e2e --ignore=tests/e2e
	@$(BIN)/python -m pytest tests/e2e

test-unit: setup  ## the tests that need no running product
	@$(BIN)/python -m pytest -m "not e2e"

soak: setup  ## the faults again, for long: a thousand kills each, a lock held for 30 s (an hour or two)
	@DISCOVERY_CYCLES=1000 DISCOVERY_LOCKED_SECONDS=30 $(BIN)/python -m pytest tests/faults

system:  ## programs that tests drive: Chromium and a Postgres server, from the system's packages
	@sh deploy/system.sh

lint: setup  ## style, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: setup  ## put the code into form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: setup  ## resolve requirements.in anew, keeping what is locked where it can be kept
	@$(BIN)/uv pip compile requirements.in --override $(OVERRIDES) --python-version 3.11 --no-header --no-annotate \
		--extra-index-url $(TORCH_INDEX) --find-links "$${PIP_FIND_LINKS:-.}" -o requirements.txt
	@MACOSX_DEPLOYMENT_TARGET=14.0 $(BIN)/uv pip compile requirements.in --override $(OVERRIDES) --python-version 3.11 \
		--python-platform aarch64-apple-darwin --no-header --no-annotate -o requirements-macos.txt

ingest: setup  ## read, clean and check the training rows into runs/data
	@$(BIN)/python -m finetune.ingest --config configs/train.yaml --output runs/data

data-test: setup  ## test the training rows and write runs/data-test.md
	@$(BIN)/python -m finetune.quality --config configs/train.yaml

train: setup  ## fine-tune the emotion model (configs/train.yaml; half an hour to two hours on two cores)
	@$(BIN)/python -m finetune.train --config configs/train.yaml

tune: setup  ## search for better training settings (configs/tune.yaml); a stopped search goes on
	@$(BIN)/python -m finetune.tune --config configs/tune.yaml

reproduce: setup  ## every stage of dvc.yaml that is not up to date, and whether the result is what ships
	@PATH="$(CURDIR)/$(BIN):$$PATH" DVC_NO_ANALYTICS=1 $(BIN)/python -m dvc repro
	@$(BIN)/python -m finetune.reproduced runs/model models/emotion

export: setup  ## calibrate, quantise and measure the trained model into models/emotion
	@$(BIN)/python -m finetune.export --config configs/train.yaml --output models/emotion

eval: setup  ## judge the shipped model: report.json, report.html, report.md, and the safety gate
	@$(BIN)/python -m eval.batch --config configs/eval.yaml

mlflow: setup  ## open the record of runs and models on loopback
	@$(BIN)/python -m mlflow ui --backend-store-uri sqlite:///runs/mlflow.db --host 127.0.0.1 --port 5000

promote: setup  ## let the challenger serve, if the rule of docs/training.md lets it
	@$(BIN)/python -m finetune.promote --config configs/train.yaml

eval-safety: setup  ## the crisis screen against its labelled sets
	@$(BIN)/python -m eval.safety

bench: setup  ## the figures of the README, each with its peer
	@$(BIN)/python -m eval.bench

docs: setup  ## build the documentation site into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict && echo "site/index.html"

audit: setup  ## known vulnerabilities in the lock
	@$(BIN)/pip-audit --strict --no-deps --disable-pip -r requirements.txt

clean-setup:  ## throw the environment away
	@rm -rf $(VENV)
