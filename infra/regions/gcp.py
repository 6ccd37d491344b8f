"""Regions of Google Cloud that an installation may live in, and what some of them lack. Pure.

Held against the regional endpoints that Google's own description of its APIs lists (google-api-python-client 2.202,
November 2026) by tests/infra/test_regions.py. Two things are from memory, and no package holds them: the jurisdictions,
which the vendor's names of regions only hint at, and where there are no models: Vertex AI has an endpoint nearly
everywhere, and https://cloud.google.com/vertex-ai/docs/general/locations tells which models it has. A new region is
one line here.
"""

from infra.regions.model import Place

_JURISDICTIONS = {
    "us": (
        "us-central1",
        "us-east1",
        "us-east4",
        "us-east5",
        "us-south1",
        "us-west1",
        "us-west2",
        "us-west3",
        "us-west4",
    ),
    "ca": ("northamerica-northeast1", "northamerica-northeast2"),
    "eu": (
        "europe-central2",
        "europe-north1",
        "europe-southwest1",
        "europe-west1",
        "europe-west3",
        "europe-west4",
        "europe-west8",
        "europe-west9",
        "europe-west10",
        "europe-west12",
    ),
    "uk": ("europe-west2",),
    "ch": ("europe-west6",),
    "tw": ("asia-east1",),
    "jp": ("asia-northeast1", "asia-northeast2"),
    "kr": ("asia-northeast3",),
    "in": ("asia-south1", "asia-south2"),
    "sg": ("asia-southeast1",),
    "au": ("australia-southeast1", "australia-southeast2"),
    "br": ("southamerica-east1",),
    "za": ("africa-south1",),
}
_WITHOUT_MODELS = {
    "africa-south1",
    "asia-northeast2",
    "asia-south2",
    "australia-southeast2",
    "europe-west10",
    "northamerica-northeast2",
    "us-west2",
    "us-west3",
}

PLACES = {
    region: Place(region, jurisdiction, frozenset({"models"} if region in _WITHOUT_MODELS else ()))
    for jurisdiction, regions in _JURISDICTIONS.items()
    for region in regions
}
