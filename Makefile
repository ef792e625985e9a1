# `make run` and `make test` are all a newcomer needs; both set up what they use, once.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
# Two processes suit the smallest machines; `make test PYTEST="-n0 -x tests/engine"` narrows a run.
PYTEST ?= -n 2 --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
# setuptools warns at length of every editable install
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check
NPM_SOURCES := $(wildcard webui/frontend/package*.json webui/frontend/build.mjs webui/frontend/src/* webui/frontend/src/*/*)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard webui/translations/*/LC_MESSAGES/messages.po))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## set up, load the demo data once, and serve on http://127.0.0.1:8000 (PORT= overrides)
	@mkdir -p var
	@$(BIN)/wenzheng demo load
	@exec $(BIN)/wenzheng serve --port $(PORT)

.PHONY: setup
setup: $(VENV)/.runtime webui/static/dist/.built $(CATALOGUES) ## virtual environment, dependencies, front end, catalogues; leaves .venv/bin/wenzheng

.PHONY: test
test: setup $(VENV)/.tools ## set up and run every test, with branch coverage
	@scripts/test-services.sh
	$(BIN)/pytest --cov --cov-report=term $(PYTEST)

.PHONY: check
check: setup $(VENV)/.tools ## lint, format, types, layer contracts, the shipped procedure, the catalogues
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/wenzheng workflow lint workflows/petition
	$(BIN)/python scripts/check_catalogues.py

.PHONY: format
format: $(VENV)/.tools ## format the code and repair what can be repaired
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: catalogues
catalogues: $(VENV)/.runtime ## bring the message catalogues up to date with the pages, for translating by hand
	@template=$$(mktemp) && \
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords lazy_gettext --add-location file \
		--output-file $$template webui && \
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
		--input-file $$template --output-dir webui/translations; \
	status=$$?; rm -f $$template; exit $$status

.PHONY: clean
clean: ## remove all that was built; the data in var/ stays
	rm -rf $(VENV) webui/frontend/node_modules webui/static/dist htmlcov .coverage .coverage.*
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	rm -f $(CATALOGUES)
	find engine api webui tests -name __pycache__ -type d -prune -exec rm -rf {} +

# What follows is built once and again when its sources change.

$(VENV)/.runtime: setup.cfg scripts/make-venv.sh
	@scripts/make-venv.sh
	@echo "setup: installing the dependencies"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.runtime
	@echo "setup: installing the test and check tools"
	@$(PIP) --editable '.[test,dev]'
	@touch $@

webui/static/dist/.built: $(NPM_SOURCES) scripts/build-frontend.sh | $(VENV)/.runtime
	@echo "setup: building the front end"
	@scripts/build-frontend.sh
	@touch $@

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
