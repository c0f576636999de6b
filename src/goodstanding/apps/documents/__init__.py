"""Files that people gave us, kept until the work on them is done."""
