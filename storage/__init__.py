"""What must outlive the process, as rows in one SQLite file."""
