"""From the address of a published report to a copy in the corpus: politely, and from public web servers only."""
