"""Every door that a cloud opens: one small file for each route, trigger and schedule, all named in `manifest`."""
