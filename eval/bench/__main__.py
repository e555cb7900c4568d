"""`python -m eval.bench [ROW]...`, run from the checkout's root."""

if __name__ == "__main__":
    # Inside, as the processes that read files import this module, too, and have no use for the benchmark.
    from eval.bench.command import main

    main(prog_name="python -m eval.bench")
