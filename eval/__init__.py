"""The evaluation: asks question sets of peelqa and says how well they were answered. `python -m eval --help`."""
