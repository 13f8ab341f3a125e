"""The local chat without a screen: a script in, a plain transcript out."""
