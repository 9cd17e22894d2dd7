"""Who may come in: links and codes, the team's sign-in, sessions on the server, and how often one may try."""
