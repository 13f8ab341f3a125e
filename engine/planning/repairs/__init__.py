"""How a plan under way changes when the world disagrees: only the affected part, and never finished work."""
