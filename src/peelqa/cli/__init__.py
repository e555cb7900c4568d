"""The command line. Parses, calls, prints; what a command needs is imported when it runs."""

from peelqa.cli.group import main

__all__ = ["main"]
