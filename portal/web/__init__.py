"""HTTP only: read the request, ask a room below, choose a template."""
