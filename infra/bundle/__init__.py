"""One folder by which ContextFS is installed where no network is: wheels, model, image, chart, guides, checksums.

`python -m infra.bundle` writes it; `install.py`, which lies in it, checks it and installs from it with the standard
library alone. Postgres for the image and the chart is not part of it; the wheels bring one.
"""
