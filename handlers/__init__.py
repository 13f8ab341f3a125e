"""Telegram updates into one engine call each, and values into text and keyboards."""
