"""Questions that were asked before: whether words that come are still their answer."""
