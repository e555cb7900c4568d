"""Labelled sentences and questions, and how well their findings are told."""
