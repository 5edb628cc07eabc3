"""Okta's own SDK for Python, unmodified, against `idpstore serve`, and our SAML metadata before another's eyes.

The program is the one that the variable IDPSTORE names.
"""

import functools
import json
import os
import re
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

# Read once, when the SDK is imported: without it the SDK refuses to speak plain HTTP.
os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"

from okta import models
from okta.client import Client
from saml2.config import Config
from saml2.mdstore import InMemoryMetaData
from saml2.xml.schema import XMLSchemaError, validate

BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"

POLICY = {
    "provisioning": {"action": "AUTO", "profileMaster": False, "groups": {"action": "NONE"}},
    "accountLink": {"action": "AUTO"},
    "subject": {"userNameTemplate": {"template": "idpuser.subjectNameId"}, "matchType": "USERNAME"},
}


def provider(name, kid):
    """A SAML partner whose certificate has this key id."""
    sso = "https://partner.example/sso"
    return models.IdentityProvider.from_dict({
        "type": "SAML2",
        "name": name,
        "protocol": {
            "type": "SAML2",
            "endpoints": {
                "sso": {"url": sso, "binding": "HTTP-POST", "destination": sso},
                "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
            },
            "algorithms": {
                "request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}},
                "response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}},
            },
            "credentials": {"trust": {"issuer": "urn:partner", "audience": "urn:us", "kid": kid}},
        },
        "policy": POLICY,
    })


def application(label, logout=False):
    """A SAML application with this label."""
    url = "https://app.example/acs"
    slo = {"enabled": logout}
    if logout:
        slo.update(issuer="urn:app", logoutUrl="https://app.example/logout")
    return models.Application.from_dict({
        "label": label,
        "signOnMode": "SAML_2_0",
        "settings": {"signOn": {
            "ssoAcsUrl": url, "recipient": url, "destination": url, "audience": "urn:app",
            "subjectNameIdTemplate": "${user.userName}",
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "responseSigned": True, "assertionSigned": True, "honorForceAuthn": True,
            "requestCompressed": False, "allowMultipleAcsEndpoints": False,
            "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256",
            "authnContextClassRef":
                "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            "slo": slo,
        }},
    })


CSR = models.CsrMetadata.from_dict({
    "subject": {"countryName": "US", "organizationName": "Us", "commonName": "us.example"},
    "subjectAltNames": {"dnsNames": ["us.example"]},
})


@functools.cache
def certificate():
    """A certificate of the partner's, in base64."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
             "-subj", "/CN=Partner", "-keyout", Path(folder, "key.pem")],
            check=True, capture_output=True, text=True)
    return re.sub(r"-----[^-]+-----|\s", "", made.stdout)


class Server:
    """`idpstore serve`, and what one does with it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [os.environ["IDPSTORE"], "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip().removeprefix("listening on ")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def client(self, token="any"):
        return Client({"orgUrl": self.url, "token": token, "rateLimit": {"maxRetries": 0}})


async def done(call):
    """The result of a call that must not be refused."""
    result, _, error = await call
    if error:
        raise AssertionError(error)
    return result


class Okta(unittest.IsolatedAsyncioTestCase):
    def serve(self, *arguments):
        server = Server(*arguments)
        self.addCleanup(server.stop)
        return server

    async def refused(self, call, status, code):
        *_, answer, error = await call
        self.assertIsNotNone(error)
        self.assertEqual((answer.status, getattr(error, "error_code", None)), (status, code), error)

    async def test_a_provider_gets_a_new_key_and_signs_with_it(self):
        client = self.serve().client()
        trusted = await done(client.create_identity_provider_key(
            models.IdPCertificateCredential(x5c=[certificate()])))
        made = await done(client.create_identity_provider(provider("Partner", trusted.kid)))
        first = made.protocol.actual_instance.credentials.signing.kid

        # The SDK gives nothing for a 201, so the new key is the one that was not there before.
        await client.generate_identity_provider_signing_key(made.id, 2)
        kids = {key.kid for key in await done(client.list_identity_provider_signing_keys(made.id))}
        [new] = kids - {first}
        for kid in (new, first):
            current = await done(client.get_identity_provider(made.id))
            current.protocol.actual_instance.credentials.signing.kid = kid
            await done(client.replace_identity_provider(made.id, current))
            read = await done(client.get_identity_provider(made.id))
            self.assertEqual(read.protocol.actual_instance.credentials.signing.kid, kid)
            self.assertEqual(read.status, "ACTIVE")

        await client.generate_csr_for_identity_provider(made.id, CSR)
        [csr] = await done(client.list_csrs_for_identity_provider(made.id))
        await client.revoke_csr_for_identity_provider(made.id, csr.id)
        self.assertEqual(await done(client.list_csrs_for_identity_provider(made.id)), [])

    async def test_an_application_gets_a_new_key_and_signs_with_it(self):
        client = self.serve().client()
        made = await done(client.create_application(application("Payroll")))
        first = made.credentials.signing.kid
        await client.generate_application_key(made.id, 3)
        kids = {key.kid for key in await done(client.list_application_keys(made.id))}
        [new] = kids - {first}
        for kid in (new, first):
            current = await done(client.get_application(made.id))
            current.credentials.signing.kid = kid
            await done(client.replace_application(made.id, current))
            read = await done(client.get_application(made.id))
            self.assertEqual(read.credentials.signing.kid, kid)
            found = await done(client.list_applications(filter=f'credentials.signing.kid eq "{kid}"'))
            self.assertEqual([one.id for one in found], [made.id])
        other = await done(client.create_application(application("Travel")))
        await client.clone_application_key(made.id, new, other.id)
        self.assertIn(new, {key.kid for key in await done(client.list_application_keys(other.id))})
        await self.refused(client.delete_application(made.id), 403, "E0000056")
        await client.deactivate_application(made.id)
        await client.delete_application(made.id)
        await self.refused(client.get_application(made.id), 404, "E0000007")

    async def test_lists_come_in_pages(self):
        client = self.serve().client()
        trusted = await done(client.create_identity_provider_key(
            models.IdPCertificateCredential(x5c=[certificate()])))
        for name in "abc":
            await done(client.create_identity_provider(provider(name, trusted.kid)))
        names, after = [], None
        while True:
            page, answer, error = await client.list_identity_providers(limit=1, after=after)
            self.assertIsNone(error)
            names += [one.name for one in page]
            link = re.search(r'after=([^&>]+)[^>]*>; rel="next"', ", ".join(
                value for name, value in answer.headers.items() if name.lower() == "link"))
            if not link:
                break
            after = link[1]
        self.assertEqual(names, ["a", "b", "c"])

    async def test_what_is_refused_comes_in_the_words_of_the_vendor(self):
        server = self.serve("--token", "s3cret", "--rate-limit", "4/60s")
        await self.refused(server.client("wrong").get_identity_provider("any"), 401, "E0000011")
        client = server.client("s3cret")
        body = models.IdPCertificateCredential(x5c=[certificate()])
        await done(client.create_identity_provider_key(body))
        await self.refused(client.create_identity_provider_key(body), 409, "E0000096")
        await self.refused(client.create_identity_provider(provider("x", "none")), 400, "E0000001")
        await self.refused(client.get_identity_provider("any"), 429, "E0000047")


class Metadata(unittest.TestCase):
    """What we tell partners and applications of ourselves."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.stop)

    def ask(self, method, path, body=None, accept="application/json"):
        """Without the SDK, which does not give a document as it is."""
        request = urllib.request.Request(
            self.server.url + path, method=method, headers={"Accept": accept},
            data=None if body is None else json.dumps(body).encode())
        if body is not None:
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return answer.read().decode()

    def read(self, document):
        """The one entity of a document that fits the schema."""
        validate(document)
        store = InMemoryMetaData(None, document)
        store.parse(document)
        [(entity_id, entity)] = store.items()
        return entity_id, entity

    def certificates(self, descriptor):
        return {
            data["x509_certificate"]["text"].replace("\n", "")
            for key in descriptor["key_descriptor"] for data in key["key_info"]["x509_data"]
        }

    def test_the_schema_refuses_what_does_not_fit(self):
        with self.assertRaises(XMLSchemaError):
            validate('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>')

    def test_applications_read_an_identity_provider(self):
        made = json.loads(self.ask("POST", "/api/v1/apps", application("Äpp", True).to_dict()))
        path = f"/api/v1/apps/{made['id']}"
        new = json.loads(self.ask("POST", f"{path}/credentials/keys/generate?validityYears=2"))
        keys = {key["kid"]: key["x5c"][0] for key in json.loads(self.ask("GET", f"{path}/credentials/keys"))}
        metadata = f"{path}/sso/saml/metadata"
        for query, kid in (("", made["credentials"]["signing"]["kid"]), (f"?kid={new['kid']}", new["kid"])):
            entity_id, entity = self.read(self.ask("GET", metadata + query, accept="application/xml"))
            self.assertRegex(entity_id, "^http://www.okta.com/exk[0-9A-Za-z]{17}$")
            [descriptor] = entity["idpsso_descriptor"]
            self.assertEqual(self.certificates(descriptor), {keys[kid]})
            for member in ("single_sign_on_service", "single_logout_service"):
                bindings = [service["binding"] for service in descriptor[member]]
                self.assertEqual(bindings, [BINDINGS + "HTTP-POST", BINDINGS + "HTTP-Redirect"])

    def test_partners_read_a_service_provider(self):
        trusted = json.loads(self.ask("POST", "/api/v1/idps/credentials/keys", {"x5c": [certificate()]}))
        made = json.loads(self.ask("POST", "/api/v1/idps", provider("Ä <&> B", trusted["kid"]).to_dict()))
        path = f"/api/v1/idps/{made['id']}"
        entity_id, entity = self.read(self.ask("GET", f"{path}/metadata.xml", accept="application/xml"))
        self.assertEqual(entity_id, "urn:us")
        [descriptor] = entity["spsso_descriptor"]
        [service] = descriptor["assertion_consumer_service"]
        self.assertEqual(service["location"], f"{self.server.url}/sso/saml2/{made['id']}")
        kid = made["protocol"]["credentials"]["signing"]["kid"]
        key = json.loads(self.ask("GET", f"{path}/credentials/keys/{kid}"))
        self.assertEqual(self.certificates(descriptor), {key["x5c"][0]})


if __name__ == "__main__":
    unittest.main()
