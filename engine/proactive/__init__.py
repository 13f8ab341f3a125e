"""The proactive agent: looks at goals under way for what nobody asked about, and offers what can be done about it."""
