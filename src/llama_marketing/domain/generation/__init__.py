"""From a request to a judged text: the request and answer, the plan, the prompts, the reading."""
