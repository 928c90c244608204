"""SIMS Next Gen, formerly SIMS 8 and SIMS Primary: its partner interface (OData, V3), which a school's records are in.

It is written from the vendor's pages of 2018 to 2021, and was never tried beside the real one. What these pages do not
say is a guess of ours: `names.GUESSED` holds which, and docs/sims-nextgen.md what each was read as.
"""
