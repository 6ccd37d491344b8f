"""The directory: users and groups as an organization's identity provider tells them by SCIM 2.0 (RFC 7643, 7644)."""
