"""From a few answers to one plan, as plain data; nothing here decides a phase: only the centre does, at admission."""
