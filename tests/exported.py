"""What is known of the public pages as plain files."""

WITHOUT_FORMS = {"", "p/", "i/", "f/"}
"""The pages of each language from which the export leaves out a form, or the way into a personal space."""
