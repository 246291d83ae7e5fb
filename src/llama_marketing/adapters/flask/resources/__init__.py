"""One module a resource; each route is only: parse, call the service, present."""
