"""Changes to an image, too small to mean anything, that make a network answer otherwise."""
