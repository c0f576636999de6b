"""Working time: calendars of service hours and the clocks that count in them."""
