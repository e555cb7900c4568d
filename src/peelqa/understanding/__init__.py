"""What the words of a question mean: which reports, what is misspelt, what is no question at all. Knows nothing of ranking."""
