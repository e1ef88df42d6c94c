"""From `course/` to `source/` and `release/`."""
