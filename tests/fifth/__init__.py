"""A fifth language, added as an editor adds one: words and data, and no line of code."""
