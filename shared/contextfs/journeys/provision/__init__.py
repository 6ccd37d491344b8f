"""Provision: people come and go as their organization's directory says."""
