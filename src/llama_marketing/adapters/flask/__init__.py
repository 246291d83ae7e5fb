"""The services over HTTP: a blueprint for any Flask app, thin enough to be written again."""

from __future__ import annotations

from llama_marketing.adapters.flask.access import Access, Action, Authorize, Principal
from llama_marketing.adapters.flask.blueprint import create_blueprint
from llama_marketing.adapters.flask.problems import STATUSES

__all__ = ["STATUSES", "Access", "Action", "Authorize", "Principal", "create_blueprint"]
