"""The Live Feed of a saved report: what a school's own author put into it, under his own headings."""
