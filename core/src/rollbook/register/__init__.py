"""From a vendor's marks to the register: national codes, what is set aside, what was amended and when.

Pure: tables in, tables out. `normalise_marks`, then `quarantine.retry` of what was set aside before, then `merge`.
"""
