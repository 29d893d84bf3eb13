"""What a filter wants to see: images that grow out of noise towards whatever excites it most."""
