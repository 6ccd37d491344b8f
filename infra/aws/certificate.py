"""Certificates: `pulumi up` waits until the domain's owner has proved it by DNS."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.kit.component import Component


class Certificate(Component):
    """Owns a certificate and its validation. It does not own the domain's DNS: what to write there is `proof`."""

    def __init__(self, name: str, hosts: Sequence[str], parent: pulumi.Resource) -> None:
        super().__init__(f"certificate-{name}", parent)
        made = aws.acm.Certificate(
            name,
            domain_name=hosts[0],
            subject_alternative_names=list(hosts[1:]) or None,
            validation_method="DNS",
            opts=self.inside(),
        )
        # Outputs are shown when all is done, and the first time that waits for these records: they are told at once.
        made.domain_validation_options.apply(lambda options: pulumi.info(_records(options or ()), made))
        valid = aws.acm.CertificateValidation(name, certificate_arn=made.arn, opts=self.inside())
        self.proof = made.domain_validation_options
        self.arn = valid.certificate_arn


def _records(options: Sequence[aws.acm.outputs.CertificateDomainValidationOption]) -> str:
    """Say what has to stand in the DNS, the first time and afterwards."""
    records = {f"{one.resource_record_name} {one.resource_record_type} {one.resource_record_value}" for one in options}
    return "It is proved, now and at each renewal, by these records of the domain: " + "; ".join(sorted(records))
