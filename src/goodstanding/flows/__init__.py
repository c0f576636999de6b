"""The storey that arranges: each journey loads, decides, saves and tells, and decides nothing itself."""
