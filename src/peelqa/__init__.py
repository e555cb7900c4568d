"""peelqa answers questions with quotations from inspection reports. ARCHITECTURE.md draws how."""
