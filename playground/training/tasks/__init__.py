"""Tasks: what a batch is, what loss it makes and what is measured. Supervised learning is the first."""
