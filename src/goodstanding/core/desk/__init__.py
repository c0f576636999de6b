"""The desk: from the events of a ticket to one verdict a clock, with reasons."""
