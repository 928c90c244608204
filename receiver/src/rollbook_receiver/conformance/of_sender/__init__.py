"""Whether a sender of the open feed keeps the clauses that bind it: a mode of the receiver provokes and judges."""
