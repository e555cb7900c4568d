"""`python -m eval`, run from the checkout's root."""

from eval.command import main

if __name__ == "__main__":
    main(prog_name="peelqa eval")
