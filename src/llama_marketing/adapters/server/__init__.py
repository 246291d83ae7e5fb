"""``llama-marketing serve``: the blueprint in an app of its own, on gunicorn (extra ``server``)."""
