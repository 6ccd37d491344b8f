"""Share: machines push what they have and pull what changed; every change of a project is told to its feed."""
