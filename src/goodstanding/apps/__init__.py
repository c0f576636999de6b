"""The storey that remembers: what the product knows, written by actions and read by queries."""
