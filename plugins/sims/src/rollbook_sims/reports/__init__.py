"""Reports: from a file that SIMS wrote to columns of text. What a value means is the business of `tables`."""
