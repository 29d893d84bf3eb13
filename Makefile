# Everything a person types: make run, make test, make bench, make lint, make clean.

PORT   ?= 8501
PYTHON ?= python3
# Arguments for pytest instead of the whole suite, for example: make test TESTS="tests/test_settings.py -q"
TESTS  ?=

VENV := .venv
PY   := $(VENV)/bin/python

# pip must never wait for an answer: there may be nobody, and no terminal, to give one.
export PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test bench lint pictures clean
.DELETE_ON_ERROR:

help:
	@echo "make run    serve the playground on http://localhost:$(PORT)  (another port: make run PORT=9000)"
	@echo "make test   run every test, those in a real browser included"
	@echo "make bench  measure the speed of training, frames and lenses"
	@echo "make lint   check the style of the code"
	@echo "make pictures  make the README's pictures again, from the real app"
	@echo "make clean  remove the virtual environment and every cache"

run: $(VENV)/.requirements
	exec $(PY) -m streamlit run app.py --server.port $(PORT)

test: $(VENV)/.requirements-dev
	$(PY) -m tests.browser.chromium
ifdef TESTS
	$(PY) -m pytest $(TESTS)
else
	$(PY) -m tests
endif

bench: $(VENV)/.requirements
	$(PY) -m benchmarks

pictures: $(VENV)/.requirements-dev
	$(PY) assets/tour/make.py

lint: $(VENV)/.requirements-dev
	$(PY) -m ruff check .

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make an install happen once, and again only when the file it was made from is newer.
# Making the virtual environment again over an old one is quick and mends one that was left half made.
$(VENV)/.requirements: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (choose one with: make run PYTHON=python3.12)")'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/.requirements-dev: requirements-dev.txt requirements-cluster.txt $(VENV)/.requirements
	$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $@
