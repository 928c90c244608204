"""Made-up schools, and what plugins are tested with. `rollbook.testing.schools` needs the extra `rollbook[testing]`."""
