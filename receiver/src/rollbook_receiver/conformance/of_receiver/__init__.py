"""Whether a receiver of the open feed keeps the clauses that bind it, seen from outside by HTTP alone."""
