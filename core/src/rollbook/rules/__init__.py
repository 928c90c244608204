"""What law and policy say of a register: pure, dated, cited. `evaluate.evaluate` is the door."""
