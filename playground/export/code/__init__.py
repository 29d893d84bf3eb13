"""An experiment as code: a standalone PyTorch script, and the same as a notebook. Neither is made with torch."""
