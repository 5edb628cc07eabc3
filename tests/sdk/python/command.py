"""The command line on a store file, with keys that a test brings in."""

import base64
import json
import os
import subprocess
import tempfile
from pathlib import Path


class Folder:
    """A folder with a store file, which goes with its test."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.path = Path(folder.name)

    def idpstore(self, *arguments):
        """What a command prints that ends well."""
        command = [os.environ["IDPSTORE"], *arguments, "--db", str(self.path / "idps.redb")]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def take(self, document):
        """Takes a document into the store."""
        (self.path / "seed.json").write_text(json.dumps(document))
        self.idpstore("import", str(self.path / "seed.json"))

    def key(self, name):
        """A new RSA key with a certificate that it has issued to itself."""
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", f"/CN={name}",
                     "-keyout", f"{name}.key", "-out", f"{name}.pem")
        return Key(self, name)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.path).stdout


class Key:
    """A key in the forms in which it is needed."""

    def __init__(self, folder, name):
        self.name = name
        self.private = (folder.path / f"{name}.key").read_text()
        der = folder.openssl("x509", "-in", f"{name}.pem", "-outform", "DER")
        self.certificate = base64.b64encode(der).decode()
        pkcs8 = folder.openssl("pkcs8", "-topk8", "-nocrypt", "-in", f"{name}.key", "-outform", "DER")
        self.pkcs8 = base64.b64encode(pkcs8).decode()

    def document(self, owners):
        """The key in a portable document."""
        return {"kid": self.name, "private": self.pkcs8, "chain": [self.certificate], "owners": owners}
