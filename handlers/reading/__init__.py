"""What people write, read: words for buttons, zones, delays, goals. Pure."""
