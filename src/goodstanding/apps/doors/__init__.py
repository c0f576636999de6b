"""The doors for machines: API keys, inbound webhooks, what was answered to whom, and how much each may ask."""
