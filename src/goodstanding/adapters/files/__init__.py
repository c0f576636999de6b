"""Files people write and read: tiers and calendars in YAML, public holidays by country."""
