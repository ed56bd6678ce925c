# LMI Labs: everything a person or CI runs. `make` alone lists the targets.
# Needs Python 3.11 or newer with its venv module; the rest is installed into .venv.

.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The version that uv.lock names, so that the sync below does not replace the uv it runs in.
UV_VERSION = $(shell sed -n '/^name = "uv"$$/{n;s/^version = "\(.*\)"$$/\1/p;}' uv.lock)
# nbgrader looks its own helpers up by name, so the environment's programs come first on the path.
RUN = PATH="$(CURDIR)/$(BIN):$$PATH"
# Only the versions in uv.lock, into .venv whatever environment the caller has activated, and never a downloaded Python.
SYNC = env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON_DOWNLOADS=never $(BIN)/uv sync --frozen --quiet

# As many tests at once as there are cores; those of one file one after the other. Browser tests run alone: each has a
# JupyterLab, kernels and a Chromium, which are slow beside another such set.
PYTEST = pytest --numprocesses auto --dist loadfile

.PHONY: help
help: ## List what can be made
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)$$/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  %-14s %s\n", $$1, $$2 }'

.PHONY: setup
setup: $(READY) ## Make .venv with everything the project needs; quick when it is up to date

$(READY): pyproject.toml uv.lock
	@$(BIN)/python -c '' 2>/dev/null || { \
	  command -v "$(PYTHON)" >/dev/null \
	    || { echo "LMI Labs needs Python 3.11 or newer; no '$(PYTHON)' was found, so name yours: make setup PYTHON=/path/to/python3" >&2; exit 1; }; \
	  "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "LMI Labs needs Python 3.11 or newer, but '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1); name a newer one: make setup PYTHON=/path/to/python3" >&2; exit 1; }; \
	  "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "LMI Labs needs Python's venv module; on Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }; \
	  echo "Making $(VENV) (a minute or two, once)"; \
	  "$(PYTHON)" -m venv --clear $(VENV); }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@$(SYNC)
	@touch $@

.PHONY: start
start: setup ## Open the labs in JupyterLab, with the emulator behind them
	@$(RUN) lmi-labs start

.PHONY: test
test: setup ## Run the tests, without the browser and the endpoint's conformance cases
	@$(RUN) $(PYTEST) -m "not browser and not conformance"

.PHONY: conformance
conformance: setup ## Run the API conformance cases against the emulator's HTTP endpoint
	@$(RUN) pytest tests/conformance

.PHONY: browser
browser: setup ## Do the labs in a real JupyterLab with headless Chromium
	@$(RUN) pytest tests/browser

.PHONY: screenshots
screenshots: setup ## Take the pictures of the documentation again, with headless Chromium
	@$(RUN) UPDATE_SCREENSHOTS=1 pytest tests/browser

.PHONY: lint
lint: setup ## Check style, format and types
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy

.PHONY: format
format: setup ## Mend style and format where that is automatic
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

.PHONY: generate
generate: setup ## Write the generated pages of docs/ again
	@$(RUN) python -m docs.generate

.PHONY: docs
docs: setup ## Build the documentation site into build/site; any warning fails
	@$(RUN) NO_MKDOCS_2_WARNING=1 mkdocs build --strict

.PHONY: verify
verify: setup ## Author gate: every solution passes, every stub and every wrong answer is refused as it should be
	@$(RUN) lmi-labs verify

.PHONY: bench
bench: setup ## Run the benchmarks, beside other simulators; ROOMS="simulator" runs only some
	@$(SYNC) --group bench
	@$(RUN) python -m bench $(ROOMS)

# Without npm the tests of the JavaScript client and of the CDK are skipped; everything else needs Python alone.
NODE_TESTS = tests/clients/js tests/moto_lmi/cloudformation/cdk
ifneq ($(shell command -v npm 2>/dev/null),)
.PHONY: setup-node
setup-node: $(NODE_TESTS:%=%/node_modules/.package-lock.json) ## Install what the tests of JavaScript clients and the CDK need

%/node_modules/.package-lock.json: %/package-lock.json
	@npm ci --prefix $* --no-audit --no-fund --loglevel=error
	@touch $@

test check: setup-node
endif

# Without npm and a C++ compiler this says so, and the tests of functions for Node.js are skipped; in CI it must work.
.PHONY: setup-node-runtime
setup-node-runtime: setup ## Install what functions for Node.js run on (needs npm and g++); quick when it is up to date
	@$(RUN) python -m moto_lmi.runtime.nodejs || test -z "$$CI"

test check: setup-node-runtime

.PHONY: check
check: setup lint docs verify ## Everything that CI runs: lint, docs, verify, and every test
	@$(RUN) $(PYTEST) -m "not browser"
	@$(RUN) pytest -m browser

.PHONY: clean
clean: ## Remove what was built, with the virtual environment
	rm -rf $(VENV) build site dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
