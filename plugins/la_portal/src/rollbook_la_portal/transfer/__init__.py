"""Common Transfer Files of leavers whose destination is not known: the destination `ctf_files`."""
