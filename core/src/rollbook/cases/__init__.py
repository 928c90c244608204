"""What has to be followed up: cases that open, change, close or are withdrawn as the register is corrected.

Pure: `match.match` takes the cases of a school and what the rules found, and says what changes and why.
"""
