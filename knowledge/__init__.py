"""What the contract says: documents, clauses, search, and the rules that turn words into numbers. Pure values in and out."""
