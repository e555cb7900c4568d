"""The benchmark: `python -m eval.bench` measures peelqa beside other stacks in one run and writes results.md."""
