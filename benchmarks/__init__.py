"""Every figure that we claim, as a ratio against a named floor in the same run. `python -m benchmarks [NAME …]`."""
