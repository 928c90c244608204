"""What the data is: the canonical tables, the attendance codes, the checks of identifiers.

Every other room imports this one; it imports nothing of ours.
"""
