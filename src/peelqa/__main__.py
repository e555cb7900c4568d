"""Start the command line: `python -m peelqa`."""

from peelqa.cli import main

if __name__ == "__main__":
    main()
