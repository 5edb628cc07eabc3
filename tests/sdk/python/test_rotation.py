"""A rotation before the eyes of a partner, which is pysaml2: our metadata fits the schema, and verifies what we sign."""

import json
import unittest
from urllib.parse import parse_qsl, urlsplit

from saml2 import saml, samlp
from saml2.cryptography.asymmetric import load_pem_private_key
from saml2.mdstore import InMemoryMetaData
from saml2.pack import http_redirect_message
from saml2.sigver import RSACrypto, verify_redirect_signature
from saml2.xml.schema import validate
from saml2.xmldsig import SIG_RSA_SHA256

from command import Folder

WIKI = "1900000000000000001"


class Metadata:
    """Our metadata, as a partner has read it."""

    def __init__(self, document, role):
        validate(document)
        store = InMemoryMetaData(None, document)
        store.parse(document)
        [self.entity_id] = store.keys()
        self.certificates = [certificate for _, certificate in store.certs(self.entity_id, role, "signing")]

    def verifies(self, url):
        """Whether one of the certificates verifies the signature of a request by redirect."""
        request = dict(parse_qsl(urlsplit(url).query))
        return any(verify_redirect_signature(request, RSACrypto(None), certificate)
                   for certificate in self.certificates)


class Rotation(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(self)
        self.keys = [self.folder.key("first"), self.folder.key("second")]
        self.folder.take({
            "providers": [{
                "name": "Partner", "alias": "partner", "signing_key": "first",
                "protocol": {
                    "type": "saml", "entity_id": "urn:partner", "service_provider_entity_id": "urn:us",
                    "single_sign_on": {"location": "https://partner.example/sso"},
                },
            }],
            "applications": [{"id": WIKI, "name": "Wiki", "entity_id": "urn:wiki", "signing_key": "first"}],
            "signing_keys": [key.document(["partner", WIKI]) for key in self.keys],
        })

    def rotate(self, *arguments):
        return self.folder.idpstore("rotate", *arguments)

    def key_of(self, kid):
        """The key that the test brought in and the store calls so."""
        [certificate] = json.loads(self.folder.idpstore("show", kid, "--json"))["record"]["chain"]
        [key] = [key for key in self.keys if key.certificate == certificate]
        return key

    def look(self, owner, role):
        """Our metadata, and the keys of the owner: first the active one."""
        document = self.folder.idpstore("metadata", "export", owner, "--base-url", "https://us.example")
        keys = json.loads(self.folder.idpstore("rotate", "status", owner, "--json"))["keys"]
        self.assertEqual(keys[0]["role"], "active")
        published = [key["kid"] for key in keys if key["role"] in ("active", "next", "previous")]
        metadata = Metadata(document, role)
        certificates = [self.key_of(kid).certificate for kid in published]
        self.assertEqual([certificate.replace("\n", "") for certificate in metadata.certificates], certificates)
        return metadata, [key["kid"] for key in keys]

    def signed(self, kid, entity_id):
        """A request that this key has signed, as the URL to which a browser is sent."""
        request = samlp.AuthnRequest(
            id="_1", version="2.0", issue_instant="2026-11-29T12:00:00Z", issuer=saml.Issuer(text=entity_id))
        private = load_pem_private_key(self.key_of(kid).private.encode(), None)
        message = http_redirect_message(
            str(request), "https://partner.example/sso", "state", sigalg=SIG_RSA_SHA256, sign=True,
            backend=RSACrypto(private))
        return dict(message["headers"])["Location"]

    def rotation(self, owner, role):
        """A whole rotation. A partner may have read our metadata now, or the last time before anything was changed."""
        read, [first, second] = self.look(owner, role)
        steps = [
            (("prepare", owner, "--kid", second), first, 2),
            (("promote", second, owner, "--overlap", "14d"), second, 2),
            (("rollback", owner), first, 2),
            (("promote", second, owner, "--overlap", "14d"), second, 2),
            (("retire", first, owner), second, 1),
        ]
        self.assertTrue(read.verifies(self.signed(first, read.entity_id)))
        self.assertFalse(read.verifies(self.signed(second, read.entity_id)), "it is not published yet")
        for step, active, published in steps:
            self.rotate(*step)
            new, kids = self.look(owner, role)
            self.assertEqual((kids[0], len(new.certificates)), (active, published), step)
            request = self.signed(active, new.entity_id)
            self.assertTrue(read.verifies(request) and new.verifies(request), step)
            read = new
        self.assertFalse(read.verifies(self.signed(first, read.entity_id)), "it is retired")

    def test_a_partner_verifies_what_its_service_provider_signs(self):
        self.rotation("partner", "spsso")

    def test_an_application_verifies_what_its_identity_provider_signs(self):
        self.rotation(WIKI, "idpsso")


if __name__ == "__main__":
    unittest.main()
