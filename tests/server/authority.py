"""Certificates made for a test: a CA, and whatever it vouches for."""

import ipaddress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def name(*parts):
    """A name of (kind, value) pairs: name(("O", "Warren"), ("CN", "hare"))."""
    kinds = {
        "CN": NameOID.COMMON_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "C": NameOID.COUNTRY_NAME,
        "DC": NameOID.DOMAIN_COMPONENT,
        "EMAIL": NameOID.EMAIL_ADDRESS,
        "STREET": NameOID.STREET_ADDRESS,
        "UID": NameOID.USER_ID,
        "SERIAL": NameOID.SERIAL_NUMBER,
        "L": NameOID.LOCALITY_NAME,
        "TITLE": NameOID.TITLE,
    }
    return x509.Name([x509.NameAttribute(kinds[kind], value) for kind, value in parts])


class Party:
    """A key and its certificate; a CA vouches for others."""

    def __init__(self, subject, issuer=None, *, is_ca=False, names=(), days=(-1, 365)):
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
            .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signer = issuer.key if issuer else self.key
        self.certificate = builder.sign(signer, hashes.SHA256())
        self.issuer = issuer

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        """Its certificate, and those of the CAs between it and the root."""
        own = self.certificate.public_bytes(serialization.Encoding.PEM)
        above = self.issuer.pem if self.issuer and self.issuer.issuer else b""
        return own + above

    def key_pem(self, password=None):
        encryption = (
            serialization.BestAvailableEncryption(password.encode())
            if password
            else serialization.NoEncryption()
        )
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    def write(self, directory, stem, password=None):
        """Its two files, as ssl_options take them: certificate and key."""
        certificate, key = directory / f"{stem}.pem", directory / f"{stem}.key"
        certificate.write_bytes(self.pem)
        key.write_bytes(self.key_pem(password))
        return certificate, key

    def vouch_for(self, subject="hare", **how):
        """A party of which this CA says who it is; a bare name is its CN."""
        if isinstance(subject, str):
            subject = name(("CN", subject))
        return Party(subject, self, **how)


def authority(common_name="Warren CA"):
    return Party(name(("CN", common_name)), is_ca=True)


def server_of(ca, **how):
    """What clients on this machine accept."""
    addresses = [x509.IPAddress(ipaddress.ip_address(each)) for each in ("127.0.0.1", "::1")]
    return ca.vouch_for("localhost", names=[x509.DNSName("localhost"), *addresses], **how)
