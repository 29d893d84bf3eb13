"""Why a network answers what it answers: which pixels speak for a class, and which against it."""
