"""The storey that puts the product together: environment, settings and addresses."""
