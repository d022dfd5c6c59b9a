"""Certificates for tests: an authority nobody trusts by itself, and servers' certificates signed by it."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates; `pem` is its own, `file` holds it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        made = self._builder(self.name, self.key.public_key(), days=1).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.pem = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
        self.file = directory / "authority.pem"
        self.file.write_text(self.pem)

    def server(self, host: str = "127.0.0.1", *, days: int = 1, protocols: tuple[str, ...] = ()) -> ssl.SSLContext:
        """A server's TLS for a host; a negative number of days is a certificate that has expired."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate(host, days=days))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def certificate(self, host: str = "127.0.0.1", *, days: int = 1) -> Path:
        """A file with a key and a certificate for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            known: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            known = x509.DNSName(host)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        made = self._builder(subject, key.public_key(), days=days).add_extension(
            x509.SubjectAlternativeName([known]), critical=False
        )
        file = self.directory / f"server-{key.private_numbers().private_value % 10**9}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        return file

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=10))
            .not_valid_after(now + timedelta(days=days))
        )
