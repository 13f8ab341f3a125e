"""Agents side by side: hierarchies of them, who does what, and what becomes of all they bring."""
