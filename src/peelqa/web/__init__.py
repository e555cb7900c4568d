"""The web pages and the API. They render what `answers`, `catalogue` and `grade_table` give, and decide nothing."""

from peelqa.web.app import create_app

__all__ = ["create_app"]
