"""How reports are come by: the reporter is run, or files that something else wrote are picked up."""
