"""The commented configuration that `rollbook init` writes: right once its blanks are filled."""

from __future__ import annotations

STARTING_CONFIG = """\
# The configuration of Rollbook. Lines that begin with # are comments; what stands in one is an example.
# Fill each blank (""), then ask `rollbook check` whether all is well. It sends nothing.
# No password is ever written here: name where it is kept, as {env = "NAME"}, {file = "path"} or
# {keyring = "service/name"}. A Windows path: in single quotation marks, or / for \\. See docs/configuration.md.

[installation]
name = ""                # the trust or the authority that runs this, as "Example Trust"
state = "state"          # folder of the database, the registers and the log; keep it in your backups
# database = {env = "ROLLBOOK_DATABASE"}   # a PostgreSQL URL; left out, it is a file in the state folder
# contact = {name = "A Person", role = "office", telephone = "01632 960001", email = "office@school.example"}

# Where registers come from: a table for each system, under a name of yours.
[connections.school]
plugin = "csv"           # `rollbook plugins` lists those installed; the lines below are this plugin's own settings
folder = "drop/school"   # where the exported files lie
date_form = ""           # how days are written in them: "dd/mm/yyyy" or "yyyy-mm-dd"; it is never guessed
# limits = {seconds = 900, memory_mb = 1024}   # what a sync of one school may take

# A table [[schools]] for each school.
[[schools]]
urn = ""                 # the school's URN, six digits
name = ""                # the school's name
la = ""                  # the local authority's number, three digits
type = ""                # maintained, academy, special or independent
lowest_year = 0          # the most junior year group: 0 is reception, -1 nursery
highest_year = 6         # the most senior one
connection = "school"
terms = []               # first and last days, as ["2026-09-03..2026-12-18", "2027-01-04..2027-03-25"]
closed = []              # days without a session inside a term, as ["2026-10-26..2026-10-30", "2026-11-02"]
# half_days = ["2026-12-18 PM"]   # days of a term that lose one session: the one that is lost
# codes = {"7" = "I"}    # marks of the school's own, and the national code that each stands for
# overlap_days = 30      # each sync reads so many days of term again, for marks that were corrected late
# judge_from = 2026-09-01   # the first day that Rollbook answers for; left out, the day of the first sync
# [schools.policy]       # what this school sets itself, over what its trust sets; see docs/configuration.md
# u_never_used_school_days = 40

# Where what must be said is delivered. Nothing leaves this machine until there is one.
# [destinations.council]
# plugin = "la_portal"
# authorities = ["801"]  # the authorities whose schools it serves
# url = "https://attendance.council.example/"
# client_id = "example-trust"
# client_secret = {env = "COUNCIL_SECRET"}
# regular = []           # left out, how complete each day's registers are, and each week's figures, go there without
#                        # a yes, where the authority asks for them; [] sends neither. `sync --dry-run` says how many

# A statutory return is held for a named person's yes (`rollbook cases approve`) unless it is said here that it may go.
[returns]
attendance_return = "held"   # or "automatic"

# What a local authority sets itself.
# [authorities."801"]
# irregular_sessions = 20

# What the trust sets for all its schools. What the law sets, nobody does: `rollbook rules show ID` says which is which.
# [policy]
# cohort_groups = ["breakfast club"]
"""


def starting_config() -> str:
    """The text of a new configuration file."""
    return STARTING_CONFIG
