"""Load, faults and a long run against a serving peelqa on this machine, by one command: `python -m eval.soak`."""
