"""Every figure that the portal holds itself to, measured and told beside its target: `python -m tests.figures`."""
