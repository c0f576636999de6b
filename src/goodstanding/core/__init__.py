"""The storey that decides: same input, same answer; no framework, file, network, clock or chance."""
