"""How goals are carried out: decisions, what follows from them, attempts in worker slots, adaptation, time."""
