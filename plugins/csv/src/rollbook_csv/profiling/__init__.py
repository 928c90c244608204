"""Looking at an exported file and proposing a profile. See docs/csv.md. Whatever is shown names no pupil."""
