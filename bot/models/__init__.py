"""The models of a process: wanted from the start, made at the first need."""
