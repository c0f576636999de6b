"""The door for machines: the REST API and what all its versions share."""
