"""Regions of AWS that an installation may live in, and what some of them lack. Pure.

Held against the endpoints that botocore carries (1.44, November 2026) by tests/infra/test_regions.py. The jurisdictions
are of our own knowledge: the vendor's names of regions tell the place. A new region is one line here.
"""

from infra.regions.model import Place

_JURISDICTIONS = {
    "us": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    "ca": ("ca-central-1",),
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "uk": ("eu-west-2",),
    "ch": ("eu-central-2",),
    "hk": ("ap-east-1",),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "kr": ("ap-northeast-2",),
    "in": ("ap-south-1", "ap-south-2"),
    "sg": ("ap-southeast-1",),
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "br": ("sa-east-1",),
    "za": ("af-south-1",),
}
_WITHOUT_MODELS = {"ap-east-1"}
"""Where there is no endpoint of Bedrock. Which models an endpoint elsewhere has, its own page tells."""

PLACES = {
    region: Place(region, jurisdiction, frozenset({"models"} if region in _WITHOUT_MODELS else ()))
    for jurisdiction, regions in _JURISDICTIONS.items()
    for region in regions
}
