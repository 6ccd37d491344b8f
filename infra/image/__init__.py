"""The image, built by its own recipe where neither Docker nor a registry is: what it weighs, and what it takes to load.

Not a way to ship: `docker build` and `pulumi up` build from the real base. This shows that the recipe works.
"""
