"""Report files, read into reports: one module a format, and what recognises who was inspected, when and how."""
