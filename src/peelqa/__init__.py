"""peelqa: ask inspection reports a question and get the reports' own words.

report file -> reports (read) -> passages (split) -> embedding -> index (a generation on disk)
question -> questions (understand) -> search (rank) -> answers (quote, or decline) -> web | API | CLI
"""
