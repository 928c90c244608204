"""From the rows of a report, which are text, to the pages of the contract."""
