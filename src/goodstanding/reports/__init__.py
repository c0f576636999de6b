"""The storey that prints: values and brand in, bytes out."""
