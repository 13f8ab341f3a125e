"""What runs ask before they do something, in the chat."""
